package io.github.pmem2j.cli;

import io.github.pmem2j.scan.BadRange;
import io.github.pmem2j.scan.Range;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockListener;
import io.github.pmem2j.watch.BadBlockWatch;
import io.github.pmem2j.watch.Unwatched;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code watch PATH…}: a line for each change of the bad blocks. Changes nothing. */
@Command(
    name = "watch",
    description = {
      "Waits for new bad blocks below files, directories and dax devices, and prints a line when"
          + " the kernel learns of some, or of their being cleared, until it is interrupted. What"
          + " is bad at the start is not printed: see scan. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 0 when interrupted, 2 if a path is missing or the watch failed, 3 if nothing of"
          + " the paths can be watched.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar watch /mnt/pmem",
      "  java -jar pmem2j.jar watch --json /mnt/pmem/orders.db /dev/dax0.0"
    })
final class WatchCommand implements Callable<Integer>, BadBlockListener {
  /** A change as JSON has it. */
  private record Change(
      String time,
      String event,
      String device,
      List<Range> ranges,
      List<File> files,
      boolean complete) {}

  private record File(String path, List<BadRange> badRanges) {}

  private record Obstacle(String time, String event, String path, String reason) {}

  private record End(String time, String event, Failure error) {}

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A file, a dax device, or a directory with all that is below it.")
  private List<Path> paths;

  @Option(names = "--json", description = "Print one JSON object a line, one for each event.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final CountDownLatch end = new CountDownLatch(1);
  private volatile BadBlockWatch watch;

  @Override
  public Integer call() throws InterruptedException {
    try (BadBlockWatch opened = BadBlockWatch.open(paths, this)) {
      watch = opened;
      opened.unwatched().forEach(this::unwatched);
      if (opened.status().lists().isEmpty()) {
        return ExitCode.UNKNOWN;
      }
      Thread interrupted = new Thread(() -> interrupted(opened));
      Runtime.getRuntime().addShutdownHook(interrupted);
      spec.commandLine()
          .getErr()
          .println("watching " + Text.count(opened.status().lists().size(), "list"));
      if (!opened.status().running()) {
        end.countDown(); // It may have failed before it was known here.
      }
      end.await();
      Runtime.getRuntime().removeShutdownHook(interrupted);
      return ExitCode.ERROR;
    } catch (IOException e) {
      if (json) {
        print(Json.line(new End(Instant.now().toString(), "failed", Failure.of(e))));
      } else {
        Errors.print(spec, Failure.of(e), e);
      }
      return ExitCode.ERROR;
    }
  }

  /** To be interrupted is how this ends: the JVM would exit with the signal's code. */
  private void interrupted(BadBlockWatch opened) {
    opened.close();
    out().flush();
    Runtime.getRuntime().halt(ExitCode.OK);
  }

  @Override
  public void badBlocksFound(BadBlockChange change) {
    print("found", change);
  }

  @Override
  public void badBlocksCleared(BadBlockChange change) {
    print("cleared", change);
  }

  @Override
  public void unwatched(Unwatched one) {
    if (json) {
      String path = PathConverter.text(one.path());
      print(Json.line(new Obstacle(Instant.now().toString(), "unwatched", path, one.reason())));
    } else {
      spec.commandLine()
          .getErr()
          .println("not watched: " + Text.path(one.path()) + ": " + Text.printable(one.reason()));
    }
    if (watch != null && !watch.status().running()) {
      end.countDown();
    }
  }

  private void print(String event, BadBlockChange change) {
    print(json ? Json.line(line(event, change)) : text(event, change));
  }

  /** Prints a line; when nobody reads them any more there is no use in going on. */
  private void print(String line) {
    out().println(line);
    if (out().checkError()) {
      end.countDown();
    }
  }

  private static Change line(String event, BadBlockChange change) {
    return new Change(
        change.time().toString(),
        event,
        change.device(),
        change.ranges(),
        change.files().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(file -> new File(PathConverter.text(file.getKey()), file.getValue()))
            .toList(),
        change.complete());
  }

  private static String text(String event, BadBlockChange change) {
    long bytes = change.ranges().stream().mapToLong(Range::length).sum();
    String files =
        change.files().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(file -> Text.path(file.getKey()) + " at " + offsets(file.getValue()))
            .collect(Collectors.joining(", "));
    return change.time()
        + " "
        + event
        + " "
        + Text.bytes(bytes)
        + " on "
        + Text.printable(change.device())
        + ": "
        + (files.isEmpty() ? "in no watched file" : files)
        + (change.complete() ? "" : ", maybe more");
  }

  private static String offsets(List<BadRange> ranges) {
    return ranges.stream()
        .map(range -> range.offset() + "+" + range.length())
        .collect(Collectors.joining(" "));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
