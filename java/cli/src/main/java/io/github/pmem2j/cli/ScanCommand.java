package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.Progress;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.cli.json.BadRangeJson;
import io.github.pmem2j.cli.json.Json;
import io.github.pmem2j.cli.json.ReasonJson;
import io.github.pmem2j.cli.json.ScanJson;
import io.github.pmem2j.cli.json.SourceJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scan PATH…}: the scanner's verdict on each path. Changes nothing. */
@Command(
    name = ScanCommand.NAME,
    description = {
      "Reports what is bad in files and devices, also on partitions and device-mapper, and where"
          + " that cannot be determined. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 2 if any path failed, else 1 if anything is bad, else 3 if there may be bad"
          + " blocks"
          + " that could not be found, else 0.",
      "",
      "Examples:",
      "  pmem2j scan /mnt/pmem/orders.db /dev/dax0.0",
      "  pmem2j scan --recursive --json /mnt/pmem"
    })
final class ScanCommand extends PmemCommand {
  static final String NAME = "scan";

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A regular file, a block device, a dax device, or with -r a directory.")
  private List<Path> paths;

  @Option(
      names = {"-r", "--recursive"},
      description = "Scan all files below directories, without following symbolic links.")
  private boolean recursive;

  @Option(
      names = "--require-pmem",
      description = "Report a file that is not on persistent memory as unknown.")
  private boolean requirePmem;

  @Mixin private final TrustedLists lists = new TrustedLists();
  @Mixin private final MetricsFile metricsFile = new MetricsFile();
  @Mixin private final HtmlFile htmlFile = new HtmlFile();
  @Mixin private final MapFile mapFile = new MapFile();

  private final List<ScanOutput> outputs = new ArrayList<>();
  private ScanTally tally;
  private ProgressLine progress;

  /** For picocli. */
  ScanCommand() {}

  /** The command with these paths and no options. */
  ScanCommand(List<Path> paths) {
    this.paths = paths;
  }

  @Override
  void run() {
    if (mapFile.requested() && (paths.size() > 1 || recursive)) {
      throw usage("--mapfile is of one file or device: name one PATH, without --recursive");
    }
    if (!OutputOption.ready(this, ScanJson::failed, mapFile, metricsFile, htmlFile)) {
      return;
    }
    tally = new ScanTally(requirePmem);
    addOutputs();
    try (ProgressLine shown = ProgressLine.ofFiles(err(), "scan")) {
      progress = shown;
      for (Path path : paths) {
        try {
          scan(path);
        } catch (IOException e) {
          progress.erase();
          fail(path, e, ScanJson::failed);
          tally.addFailed();
          for (ScanOutput output : outputs) {
            output.addFailed(path, e);
          }
        }
        if (unread()) {
          return;
        }
      }
    }
    for (ScanOutput output : outputs) {
      output.write();
    }
    if (!json()) {
      summarize();
    }
    if (tally.reported(Verdict.NOT_PMEM) > 0) {
      String count = Text.count(tally.reported(Verdict.NOT_PMEM), "file");
      err().println(count + " not on persistent memory: nothing is known of errors there");
    }
  }

  /** Creates only the requested outputs: a scan starts faster without the classes of the others. */
  private void addOutputs() {
    if (mapFile.requested()) {
      outputs.add(report -> mapFile.write(this, report));
    }
    if (metricsFile.requested()) {
      outputs.add(
          new ScanMetrics(tally, metrics -> metricsFile.write(this, metrics, ScanJson::failed)));
    }
    if (htmlFile.requested()) {
      outputs.add(new ScanPage(tally, page -> htmlFile.write(this, NAME, page, ScanJson::failed)));
    }
  }

  private void scan(Path path) throws IOException {
    if (!recursive || !Files.isDirectory(path)) {
      report(lists.scanner().scanFile(path));
      progress.progress(
          new Progress(
              path, Progress.Unit.FILES, tally.files(), OptionalLong.empty(), tally.lostBytes()));
      return;
    }
    try (Stream<BadBlockReport> reports = lists.scanner().scanFiles(path, progress)) {
      for (Iterator<BadBlockReport> each = reports.iterator(); !unread() && each.hasNext(); ) {
        report(each.next());
      }
    }
  }

  /** Whether nobody reads the rest, on standard output or in a file. */
  private boolean unread() {
    return outputs.isEmpty() && out().checkError();
  }

  private void report(BadBlockReport report) {
    tally.add(report);
    for (ScanOutput output : outputs) {
      output.add(report);
    }
    List<ReasonJson> reasons = reasons(report);
    if (json()) {
      progress.println(out(), Json.line(line(report, reasons)));
    } else if (report.verdict() == Verdict.BAD || !reasons.isEmpty()) {
      progress.println(out(), text(report, reasons));
    }
    if (!reasons.isEmpty()) {
      end(ExitCode.UNKNOWN);
    }
    if (report.verdict() == Verdict.BAD) {
      end(ExitCode.BAD_BLOCKS);
    }
  }

  /** Why there may be more bad blocks. */
  private List<ReasonJson> reasons(BadBlockReport report) {
    return tally.verdict(report) == report.verdict()
        ? Reasons.of(report.reasons(), report.path())
        : List.of(
            new ReasonJson(report.verdict().name(), device(report) + ": not on persistent memory"));
  }

  private static String device(BadBlockReport report) {
    return PathConverter.inMessage(report.stack(), report.path());
  }

  private ScanJson line(BadBlockReport report, List<ReasonJson> reasons) {
    return new ScanJson(
        PathConverter.text(report.path()),
        tally.verdict(report).name(),
        reasons.isEmpty(),
        reasons,
        device(report),
        SourceJson.of(report.sources()),
        BadRangeJson.of(report.badRanges()),
        null);
  }

  /** A file that needs attention, on one line. */
  private String text(BadBlockReport report, List<ReasonJson> reasons) {
    StringBuilder text = new StringBuilder(Text.path(report.path())).append(": ");
    text.append(tally.verdict(report));
    List<BadRange> ranges = report.badRanges();
    if (!ranges.isEmpty()) {
      long lost = ranges.stream().mapToLong(BadRange::length).sum();
      text.append(", ").append(Text.bytes(lost)).append(" in ");
      text.append(Text.count(ranges.size(), "range")).append(", the first at ");
      text.append(ranges.get(0).offset());
    }
    if (!reasons.isEmpty()) {
      String why = reasons.stream().map(ReasonJson::message).collect(Collectors.joining("; "));
      text.append(ranges.isEmpty() ? ", " : ", maybe more, ").append("because ");
      text.append(Text.message(why));
    }
    return text.toString();
  }

  private void summarize() {
    StringBuilder text = new StringBuilder(Text.count(tally.files(), "file")).append(" scanned");
    String separator = ": ";
    for (Verdict verdict : Verdict.values()) {
      long count = tally.reported(verdict);
      if (count == 0) {
        continue;
      }
      text.append(separator).append(count).append(' ');
      text.append(
          verdict == Verdict.NOT_PMEM
              ? "not on persistent memory"
              : verdict.name().toLowerCase(Locale.ROOT));
      separator = ", ";
    }
    out().println(text);
  }
}
