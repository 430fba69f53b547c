package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.cli.html.Panel;
import io.github.pmem2j.cli.html.Picture;
import io.github.pmem2j.cli.html.Span;
import io.github.pmem2j.cli.html.State;
import io.github.pmem2j.cli.html.Strip;
import io.github.pmem2j.cli.html.Table;
import io.github.pmem2j.cli.json.SourceJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The devices below the files of a scan, with the bad ranges of those files. */
final class ScannedDevices {
  private static final Sysfs SYSFS = new Sysfs(Path.of("/sys"));

  private final Map<String, List<Span>> spans = new TreeMap<>();
  private final Map<String, ErrorSource> sources = new TreeMap<>();

  void add(BadBlockReport report) {
    for (ErrorSource source : report.sources()) {
      sources.put(source.device(), source);
      spans.computeIfAbsent(source.device(), device -> new ArrayList<>());
    }
    for (BadRange range : report.badRanges()) {
      if (!range.device().isEmpty()) {
        long offset = range.deviceSector() * BadRange.SECTOR_SIZE;
        spans
            .computeIfAbsent(range.device(), device -> new ArrayList<>())
            .add(new Span(offset, range.length(), FilePanel.state(range.kind())));
      }
    }
  }

  /** A panel for each device, those with bad ranges first. */
  List<Panel> panels() {
    return spans.entrySet().stream()
        .map(each -> panel(each.getKey(), each.getValue()))
        .sorted(Comparator.comparing(Panel::state))
        .toList();
  }

  Table sources() {
    return FilePanel.sources(SourceJson.of(List.copyOf(sources.values())));
  }

  private static Panel panel(String device, List<Span> bad) {
    Optional<Long> size = size(device);
    List<String> notes = new ArrayList<>();
    size.ifPresent(bytes -> notes.add(Text.bytes(bytes)));
    if (bad.isEmpty()) {
      notes.add("nothing bad in the files that were scanned");
    } else {
      long total = bad.stream().mapToLong(Span::length).sum();
      notes.add(Text.bytes(total) + " bad in the files that were scanned");
    }
    return new Panel(
        device,
        bad.stream().map(Span::state).reduce(State.OUTSIDE, State::worse),
        Text.count(bad.size(), "bad range"),
        List.of(String.join("; ", notes)),
        size.<Picture>map(bytes -> new Strip(device, bytes, State.OUTSIDE, bad)).stream().toList(),
        List.of());
  }

  /** The size of a disk or of a dax device, if this machine shows it. */
  private static Optional<Long> size(String device) {
    return Stream.of(
            SYSFS
                .number(SYSFS.root().resolve("class/block").resolve(device).resolve("size"))
                .map(sectors -> sectors * BadRange.SECTOR_SIZE),
            SYSFS.number(SYSFS.root().resolve("bus/dax/devices").resolve(device).resolve("size")))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
