package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.ScrubJson;
import io.github.pmem2j.device.Scrub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code scrub PATH…}: has the platform look for errors. Changes no data. */
@Command(
    name = "scrub",
    description = {
      "Has the platform read all memory below files, directories and devices, so that the kernel"
          + " also lists errors that no access has met yet. Needs root. Where the platform cannot,"
          + " use verify. Changes no data."
    },
    footer = {
      "",
      "Exit code: 2 if a path is missing or cannot be scrubbed, else 1 if new bad blocks were"
          + " found, else 3 if there may be more than could be found, else 0.",
      "",
      "Examples:",
      "  pmem2j scrub --wait /mnt/pmem",
      "  pmem2j scrub /dev/dax0.0"
    })
final class ScrubCommand extends PmemCommand {
  private static final Duration FOREVER = Duration.ofDays(365);

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "A file, a directory with all that is mounted in it, or a device.")
  private List<Path> paths;

  @Option(
      names = "--wait",
      description = "Wait for the end, read the lists again, and print what is new.")
  private boolean wait;

  @Override
  void run() {
    Map<Path, Scrub> scrubs = new LinkedHashMap<>();
    for (Path path : paths) {
      try {
        scrubs.put(path, Scrub.start(path));
      } catch (IOException e) {
        fail(path, e, ScrubJson::failed);
      }
    }
    scrubs.forEach(
        (path, scrub) -> {
          try {
            report(path, scrub);
          } catch (IOException e) {
            fail(path, e, ScrubJson::failed);
          }
        });
  }

  private void report(Path path, Scrub scrub) throws IOException {
    List<Scrub.Found> found = null;
    if (wait) {
      if (!scrub.await(FOREVER)) {
        throw new IOException(path + ": the scrub has not ended in a year");
      }
      found = scrub.found();
      if (found.stream().anyMatch(device -> !device.complete())) {
        end(ExitCode.UNKNOWN);
      }
      if (found.stream().anyMatch(device -> !device.ranges().isEmpty())) {
        end(ExitCode.BAD_BLOCKS);
      }
    }
    if (!scrub.notScrubbed().isEmpty()) {
      end(ExitCode.UNKNOWN);
    }
    if (json()) {
      print(line(path, scrub, found));
    } else {
      print(path, scrub, found);
    }
  }

  private static ScrubJson line(Path path, Scrub scrub, List<Scrub.Found> found)
      throws IOException {
    return new ScrubJson(
        PathConverter.text(path),
        scrub.buses(),
        scrub.count(),
        scrub.isRunning(),
        scrub.notScrubbed(),
        found == null ? null : found.stream().map(ScrubCommand::line).toList(),
        null);
  }

  private static ScrubJson.Found line(Scrub.Found found) {
    return new ScrubJson.Found(found.device(), RangeJson.of(found.ranges()), found.complete());
  }

  private void print(Path path, Scrub scrub, List<Scrub.Found> found) throws IOException {
    scrub.notScrubbed().forEach(this::warn);
    String start = Text.path(path) + ": scrub of " + String.join(", ", scrub.buses());
    if (found == null) {
      out().println(start + (scrub.isRunning() ? " is running" : " has ended"));
      return;
    }
    String times = ", scrubbed " + Text.count(scrub.count(), "time");
    String news = found.stream().map(ScrubCommand::text).collect(Collectors.joining("; "));
    out().println(start + " has ended" + times + ": " + (news.isEmpty() ? "nothing new" : news));
  }

  private static String text(Scrub.Found found) {
    String ranges =
        RangeJson.of(found.ranges()).stream().map(Text::range).collect(Collectors.joining(" "));
    return (found.ranges().isEmpty()
            ? "nothing new"
            : Text.bytes(found.ranges().total()) + " newly bad")
        + " on "
        + found.device()
        + (ranges.isEmpty() ? "" : " at " + ranges)
        + (found.complete() ? "" : ", maybe more");
  }
}
