package io.github.pmem2j.cli;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.cli.json.BadRangeJson;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.WatchJson;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockListener;
import io.github.pmem2j.watch.BadBlockWatch;
import io.github.pmem2j.watch.WatchGap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code watch PATH…}: a line for each change of the bad blocks. Changes nothing. */
@Command(
    name = "watch",
    description = {
      "Watches the devices below files, directories and dax devices, and prints a line when the"
          + " kernel lists new bad blocks, or removes cleared ones, until it is interrupted. What is"
          + " bad at the start is not printed: see scan. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 0 when interrupted, 2 if a path is missing or the watch failed, 3 if nothing of"
          + " the paths can be watched.",
      "",
      "Examples:",
      "  pmem2j watch /mnt/pmem",
      "  pmem2j watch --json /mnt/pmem/orders.db /dev/dax0.0"
    })
final class WatchCommand extends PmemCommand implements BadBlockListener {
  /** How long to wait for a line in progress: possibly nobody reads it. */
  private static final long MAX_CLOSING_MILLIS = 1000;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A file, a dax device, or a directory with all that is below it.")
  private List<Path> paths;

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile BadBlockWatch watch;

  @Override
  void run() throws InterruptedException {
    try (BadBlockWatch opened = BadBlockWatch.open(paths, this)) {
      watch = opened;
      opened.unwatched().forEach(this::unwatched);
      if (opened.status().lists().isEmpty()) {
        end(ExitCode.UNKNOWN);
        return;
      }
      Thread interrupted = new Thread(() -> interrupted(opened));
      Runtime.getRuntime().addShutdownHook(interrupted);
      err().println("watching " + Text.count(opened.status().lists().size(), "list"));
      if (!opened.status().running()) {
        ended.countDown(); // It may have failed before the field was set.
      }
      ended.await();
      Runtime.getRuntime().removeShutdownHook(interrupted);
      end(ExitCode.ERROR);
    } catch (IOException e) {
      fail(paths.get(0), e, (path, error) -> WatchJson.failed(now(), error));
    }
  }

  private static String now() {
    return Instant.now().toString();
  }

  /**
   * A signal ends this command normally; without this, the JVM would exit with the signal's code.
   */
  private void interrupted(BadBlockWatch opened) {
    Thread closing =
        new Thread(
            () -> {
              opened.close(); // The last line is printed completely.
              out().flush();
            });
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(MAX_CLOSING_MILLIS);
    } catch (InterruptedException e) {
      // The process ends anyway.
    }
    Runtime.getRuntime().halt(ExitCode.OK.code());
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
  public void unwatched(WatchGap one) {
    String reason = PathConverter.inMessage(one.reason(), one.path());
    if (json()) {
      print(WatchJson.unwatched(now(), PathConverter.text(one.path()), reason));
    } else {
      err().println("may miss errors: " + Text.path(one.path()) + ": " + Text.message(reason));
    }
    if (watch != null && !watch.status().running()) {
      ended.countDown();
    }
  }

  private void print(String event, BadBlockChange change) {
    if (json()) {
      print(line(event, change));
    } else {
      out().println(text(event, change));
      endIfUnread();
    }
  }

  @Override
  void print(Record line) {
    super.print(line);
    endIfUnread();
  }

  /** Ends the command once the output is closed. */
  private void endIfUnread() {
    if (out().checkError()) {
      ended.countDown();
    }
  }

  private static WatchJson line(String event, BadBlockChange change) {
    return WatchJson.change(
        change.time().toString(),
        event,
        change.device(),
        RangeJson.of(change.ranges()),
        change.files().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(WatchCommand::file)
            .toList(),
        change.complete());
  }

  private static WatchJson.File file(Map.Entry<Path, List<BadRange>> file) {
    return new WatchJson.File(PathConverter.text(file.getKey()), BadRangeJson.of(file.getValue()));
  }

  private static String text(String event, BadBlockChange change) {
    long bytes = change.ranges().total();
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
}
