package io.github.pmem2j.cli;

import io.github.pmem2j.cli.html.Page;
import io.github.pmem2j.cli.html.Panel;
import io.github.pmem2j.cli.html.Span;
import io.github.pmem2j.cli.html.State;
import io.github.pmem2j.cli.html.Strip;
import io.github.pmem2j.cli.html.Table;
import io.github.pmem2j.cli.json.SourceJson;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.device.OwnedRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The page of a status. */
final class StatusPage {
  private StatusPage() {}

  static Page of(List<DeviceStatus> devices) {
    long ranges = devices.stream().mapToLong(device -> device.badBlocks().count()).sum();
    long bytes = devices.stream().mapToLong(device -> device.badBlocks().total()).sum();
    long incomplete = devices.stream().filter(device -> !device.complete()).count();
    long unmapped = devices.stream().mapToLong(device -> device.unmapped().size()).sum();
    Page page = headline(devices.size(), ranges, bytes, incomplete, unmapped);
    page.count(State.LOST, bytes, "bad bytes in " + Text.count(ranges, "range"));
    page.count(State.UNKNOWN, incomplete, "devices may have more");
    page.count(State.NOT_LISTED, devices.size(), "devices");
    if (ranges > 0) {
      page.advise(
          "Files: restore each with `pmem2j repair --from REPLICA FILE`. Metadata and log: back up"
              + " what can be read, and run fsck or xfs_repair.");
    }
    if (incomplete > 0) {
      page.advise(
          "Devices that may have more: do what the reasons name, or read their files with"
              + " `pmem2j verify`.");
    }
    page.section(
        "Devices",
        devices.stream()
            .sorted(Comparator.comparing((DeviceStatus device) -> device.ranges().isEmpty()))
            .map(StatusPage::panel)
            .toList(),
        List.of());
    return page;
  }

  private static Page headline(
      int devices, long ranges, long bytes, long incomplete, long unmapped) {
    String detail = Text.count(devices, "device") + ", ";
    detail +=
        incomplete == 0 ? "all lists are complete." : incomplete + " may have more than is listed.";
    if (ranges > 0) {
      String headline = Text.count(ranges, "bad range") + ": " + Text.bytes(bytes) + " bad";
      return new Page(State.LOST, headline, detail);
    }
    if (unmapped > 0) {
      return new Page(State.UNUSED, "Poison outside of any region", detail);
    }
    if (devices == 0) {
      return new Page(State.NOT_LISTED, "The kernel shows no persistent memory", "");
    }
    return incomplete > 0
        ? new Page(
            State.UNKNOWN, "Unknown: nothing is listed as bad, but lists are incomplete", detail)
        : new Page(State.GOOD, "No known bad blocks", detail);
  }

  private static Panel panel(DeviceStatus device) {
    State rest = device.complete() ? State.GOOD : State.UNKNOWN;
    List<Span> spans = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    for (OwnedRange owned : device.ranges()) {
      State state =
          owned.owners().stream().map(StatusPage::state).reduce(State.UNUSED, State::worse);
      spans.add(new Span(owned.range().offset(), owned.range().length(), state));
      owned.owners().forEach(owner -> rows.add(row(owned, owner)));
    }
    List<String> notes = new ArrayList<>();
    notes.add(Text.bytes(device.size()) + ", " + device.mode() + ": " + device.stack());
    notes.addAll(device.uses());
    device
        .unmapped()
        .forEach(
            u -> notes.add(u.memdev() + " " + u.address() + "+" + u.length() + ": in no region"));
    return new Panel(
        device.device(),
        spans.stream().map(Span::state).reduce(rest, State::worse),
        Text.count(device.badBlocks().count(), "bad range")
            + (device.complete() ? "" : ", maybe more"),
        notes,
        List.of(new Strip(device.device(), device.size(), rest, spans)),
        List.of(
            new Table(Table.Kind.OWNED, rows),
            FilePanel.reasons(Reasons.of(device.reasons(), Path.of("/sys"))),
            FilePanel.sources(List.of(SourceJson.of(device.source())))));
  }

  /** A sector whose use is unknown may hold data. */
  private static State state(BadBlockOwner owner) {
    return switch (owner.kind()) {
      case FREE, UNWRITTEN -> State.UNUSED;
      case FILE, REPAIR_JOURNAL, METADATA, LOG, NAMESPACE_METADATA, UNKNOWN -> State.LOST;
    };
  }

  private static List<String> row(OwnedRange owned, BadBlockOwner owner) {
    return List.of(
        String.valueOf(owned.range().offset()),
        String.valueOf(owned.range().length()),
        StatusCommand.kind(owner).concat(owner.detail().isEmpty() ? "" : ": " + owner.detail()),
        owner.path().map(PathConverter::text).orElse(""),
        owner.range().map(range -> range.offset() + "+" + range.length()).orElse(""));
  }
}
