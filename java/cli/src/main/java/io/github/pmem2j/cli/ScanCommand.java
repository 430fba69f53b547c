package io.github.pmem2j.cli;

import io.github.pmem2j.scan.BadBlockReport;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.BadRange;
import io.github.pmem2j.scan.Reason;
import io.github.pmem2j.scan.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code scan PATH…}: the scanner's verdict on each path. Changes nothing. */
@Command(
    name = "scan",
    description = {
      "Tells what is bad in files and devices, also on partitions and device-mapper, and says so"
          + " where it cannot tell. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 1 if anything is bad, else 2 if any path failed, else 3 if of any it could not be"
          + " told or there may be more, else 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar scan /mnt/pmem/orders.db /dev/dax0.0",
      "  java -jar pmem2j.jar scan --recursive --json /mnt/pmem"
    })
final class ScanCommand implements Callable<Integer> {
  /** A bad range as JSON has it. */
  private record JsonRange(
      long offset,
      long length,
      long clearOffset,
      long clearLength,
      BadRange.Kind kind,
      boolean shared,
      String device,
      long deviceSector) {
    static JsonRange of(BadRange range) {
      return new JsonRange(
          range.offset(),
          range.length(),
          range.clearOffset(),
          range.clearLength(),
          range.kind(),
          range.shared(),
          range.device(),
          range.deviceSector());
    }
  }

  /** One path as JSON has it: with a verdict, or with error. */
  private record Line(
      String path,
      Verdict verdict,
      Boolean complete,
      List<Reason> reasons,
      String device,
      List<JsonRange> badRanges,
      Failure error) {}

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A regular file, a block device, a dax device, or with -r a directory.")
  private List<Path> paths;

  @Option(names = "--json", description = "Print one JSON object a line, one for each file.")
  private boolean json;

  @Option(
      names = {"-r", "--recursive"},
      description = "Scan all files below directories, without following symbolic links.")
  private boolean recursive;

  @Option(
      names = "--require-pmem",
      description = "Take a file that is not on persistent memory for one that cannot be told.")
  private boolean requirePmem;

  @Spec private CommandSpec spec;

  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private boolean incomplete;
  private boolean failed;
  private ProgressLine progress;

  @Override
  public Integer call() {
    progress = new ProgressLine(spec.commandLine().getErr(), recursive);
    for (Path path : paths) {
      try {
        scan(path);
      } catch (IOException e) {
        fail(path, e);
      }
    }
    progress.erase();
    if (!json) {
      summarize();
    }
    if (verdicts.containsKey(Verdict.NOT_PMEM)) {
      spec.commandLine()
          .getErr()
          .println(
              Text.count(verdicts.get(Verdict.NOT_PMEM), "file")
                  + " not on persistent memory: nothing is known of errors there");
    }
    return exitCode();
  }

  private void scan(Path path) throws IOException {
    if (!recursive || !Files.isDirectory(path)) {
      tell(BadBlockScanner.scan(path));
      return;
    }
    try (Stream<BadBlockReport> reports = BadBlockScanner.create().scanTree(path, progress)) {
      for (Iterator<BadBlockReport> each = reports.iterator(); each.hasNext(); ) {
        tell(each.next());
      }
    }
  }

  private void tell(BadBlockReport report) {
    verdicts.merge(report.verdict(), 1L, Long::sum);
    incomplete |= !report.complete();
    if (json) {
      progress.erase();
      out().println(Json.line(line(report)));
    } else if (report.verdict() == Verdict.BAD || !report.complete()) {
      progress.erase();
      out().println(text(report));
    }
  }

  private static Line line(BadBlockReport report) {
    return new Line(
        PathConverter.text(report.path()),
        report.verdict(),
        report.complete(),
        reasons(report),
        PathConverter.inMessage(report.stack(), report.path()),
        report.badRanges().stream().map(JsonRange::of).toList(),
        null);
  }

  private static List<Reason> reasons(BadBlockReport report) {
    return report.reasons().stream()
        .map(r -> new Reason(r.code(), PathConverter.inMessage(r.message(), report.path())))
        .toList();
  }

  /** A file that needs attention, on one line. */
  private static String text(BadBlockReport report) {
    StringBuilder text = new StringBuilder(Text.path(report.path())).append(": ");
    text.append(report.verdict());
    List<BadRange> ranges = report.badRanges();
    if (!ranges.isEmpty()) {
      long lost = ranges.stream().mapToLong(BadRange::length).sum();
      text.append(", ").append(Text.bytes(lost)).append(" in ");
      text.append(Text.count(ranges.size(), "range")).append(", the first at ");
      text.append(ranges.get(0).offset());
    }
    if (!report.complete()) {
      String why = reasons(report).stream().map(Reason::message).collect(Collectors.joining("; "));
      text.append(ranges.isEmpty() ? ", " : ", maybe more, ").append("because ");
      text.append(Text.printable(why));
    }
    return text.toString();
  }

  private void fail(Path path, IOException e) {
    failed = true;
    progress.erase();
    Failure failure = Failure.of(e, path);
    if (json) {
      out()
          .println(
              Json.line(new Line(PathConverter.text(path), null, null, null, null, null, failure)));
    } else {
      Errors.print(spec, failure, e);
    }
  }

  private void summarize() {
    long files = verdicts.values().stream().mapToLong(Long::longValue).sum();
    String counts =
        verdicts.entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey().name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "))
            .replace("not_pmem", "not on persistent memory");
    out().println(Text.count(files, "file") + " scanned" + (files == 0 ? "" : ": " + counts));
  }

  private int exitCode() {
    if (verdicts.containsKey(Verdict.BAD)) {
      return ExitCode.BAD_BLOCKS;
    }
    if (failed) {
      return ExitCode.ERROR;
    }
    return incomplete || (requirePmem && verdicts.containsKey(Verdict.NOT_PMEM))
        ? ExitCode.UNKNOWN
        : ExitCode.OK;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
