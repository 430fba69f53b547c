package io.github.pmem2j.cli;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.cli.json.Json;
import io.github.pmem2j.cli.json.SourceJson;
import io.github.pmem2j.cli.json.StatusJson;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.device.OwnedRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code status [PATH…]}: each device, and who owns its bad ranges. Changes nothing. */
@Command(
    name = StatusCommand.NAME,
    description = {
      "Reports each device of persistent memory, or those below the paths: who reports its errors,"
          + " and for each bad range which file it belongs to, or what else it is used for. Looks"
          + " at mounted file systems; most of it needs root. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 2 if a path failed, else 1 if anything is bad, else 3 if there may be bad blocks"
          + " that are not listed, else 0. Without a path, regions that have no device count, too:"
          + " unused memory that nobody has scrubbed gives 3. Name paths to leave it out.",
      "",
      "Examples:",
      "  pmem2j status",
      "  pmem2j status --json /mnt/pmem"
    })
final class StatusCommand extends PmemCommand {
  static final String NAME = "status";

  private static final String REGION = "region";

  private static final Path MACHINE = Path.of("/sys");

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "A file, a directory with all that is mounted in it, or a device.")
  private List<Path> paths = new ArrayList<>();

  @Mixin private final TrustedLists lists = new TrustedLists();
  @Mixin private final MetricsFile metricsFile = new MetricsFile();
  @Mixin private final HtmlFile htmlFile = new HtmlFile();

  @Override
  void run() {
    if (!OutputOption.ready(this, StatusJson::failed, metricsFile, htmlFile)) {
      return;
    }
    Map<String, DeviceStatus> byDevice = new LinkedHashMap<>();
    boolean failed = false;
    try (ProgressLine progress = ProgressLine.ofFiles(err(), "status")) {
      for (List<Path> query : queries()) {
        try {
          lists.statuses(query, progress).forEach(s -> byDevice.putIfAbsent(s.device(), s));
        } catch (IOException e) {
          progress.erase();
          fail(query.isEmpty() ? MACHINE : query.get(0), e, StatusJson::failed);
          failed = true;
        }
      }
    }
    List<DeviceStatus> statuses = List.copyOf(byDevice.values());
    for (DeviceStatus status : statuses) {
      if (json()) {
        out().println(Json.line(line(status)));
      } else {
        print(status);
      }
      if (!status.complete()) {
        end(ExitCode.UNKNOWN);
      }
      if (!status.ranges().isEmpty() || !status.unmapped().isEmpty()) {
        end(ExitCode.BAD_BLOCKS);
      }
    }
    if (failed) {
      return; // A file without the devices of that path would look complete.
    }
    if (metricsFile.requested()) {
      metricsFile.write(this, StatusMetrics.of(statuses), StatusJson::failed);
    }
    if (htmlFile.requested()) {
      htmlFile.write(this, NAME, StatusPage.of(statuses), StatusJson::failed);
    }
    if (statuses.isEmpty() && paths.isEmpty()) {
      err().println("The kernel shows no persistent memory.");
    }
  }

  /** Each path by itself, so that a wrong one does not hide the others. */
  private List<List<Path>> queries() {
    return paths.isEmpty() ? List.of(paths) : paths.stream().map(List::of).toList();
  }

  // JSON

  private static StatusJson line(DeviceStatus status) {
    return new StatusJson(
        status.device(),
        status.stack(),
        status.mode(),
        status.size(),
        SourceJson.of(status.source()),
        status.uses(),
        status.complete(),
        Reasons.of(status.reasons(), MACHINE),
        status.ranges().stream().map(StatusCommand::line).toList(),
        status.unmapped().stream()
            .map(u -> new StatusJson.Unmapped(u.memdev(), u.address(), u.length()))
            .toList(),
        null,
        null);
  }

  private static StatusJson.Range line(OwnedRange owned) {
    return new StatusJson.Range(
        owned.range().offset(),
        owned.range().length(),
        owned.owners().stream().map(StatusCommand::line).toList());
  }

  private static StatusJson.Owner line(BadBlockOwner owner) {
    return new StatusJson.Owner(
        owner.kind().name(),
        owner.path().map(PathConverter::text).orElse(null),
        owner.range().map(ByteRange::offset).orElse(null),
        owner.range().map(ByteRange::length).orElse(null),
        owner.detail().isEmpty() ? null : owner.detail());
  }

  // Text

  private void print(DeviceStatus status) {
    out()
        .println(
            Text.printable(REGION.equals(status.mode()) ? status.stack() : status.device())
                + ": "
                + Text.bytes(status.size())
                + ", "
                + status.mode()
                + ", "
                + Sources.text(SourceJson.of(status.source()))
                + ", "
                + Text.count(status.badBlocks().count(), "bad range"));
    for (String use : status.uses()) {
      out().println("  " + Text.printable(use));
    }
    for (OwnedRange owned : status.ranges()) {
      String owners =
          owned.owners().stream().map(StatusCommand::text).collect(Collectors.joining(", "));
      out().println("  " + owned.range().offset() + "+" + owned.range().length() + ": " + owners);
    }
    status
        .unmapped()
        .forEach(
            u ->
                out()
                    .println(
                        "  "
                            + u.memdev()
                            + " "
                            + u.address()
                            + "+"
                            + u.length()
                            + ": in no region"));
    status
        .reasons()
        .forEach(reason -> out().println("  maybe more: " + Text.message(reason.message())));
  }

  /** What a range is used for. */
  static String kind(BadBlockOwner owner) {
    return switch (owner.kind()) {
      case FILE -> "file";
      case UNWRITTEN -> "unwritten";
      case REPAIR_JOURNAL -> "journal of an unfinished repair";
      case METADATA -> "metadata";
      case LOG -> "log";
      case FREE -> "free space";
      case NAMESPACE_METADATA -> "metadata of the namespace";
      case UNKNOWN -> "not known";
    };
  }

  private static String text(BadBlockOwner owner) {
    String kind = owner.kind() == BadBlockOwner.Kind.FILE ? "" : kind(owner) + ", ";
    String path = owner.path().map(Text::path).orElse("");
    String place =
        owner.range().map(range -> " at " + range.offset() + "+" + range.length()).orElse("");
    String detail = owner.detail().isEmpty() ? "" : Text.message(owner.detail());
    String text =
        kind + (path.isEmpty() || detail.isEmpty() ? detail : detail + " of ") + path + place;
    return text.endsWith(", ") ? text.substring(0, text.length() - 2) : text;
  }
}
