package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.cli.html.Grid;
import io.github.pmem2j.cli.html.Panel;
import io.github.pmem2j.cli.html.Span;
import io.github.pmem2j.cli.html.State;
import io.github.pmem2j.cli.html.Table;
import io.github.pmem2j.cli.json.ErrorJson;
import io.github.pmem2j.cli.json.ReasonJson;
import io.github.pmem2j.cli.json.SourceJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Shows a file of a scan. */
final class FilePanel {
  /** The page size, in which a mapped file is lost. */
  static final int BLOCK = 4096;

  private FilePanel() {}

  static Panel of(BadBlockReport report) {
    Path path = report.path();
    String name = PathConverter.text(path);
    List<Span> spans = new ArrayList<>();
    report
        .unreadable()
        .forEach(range -> spans.add(new Span(range.offset(), range.length(), State.UNREADABLE)));
    State worst = rest(report);
    for (BadRange range : report.badRanges()) {
      State state = state(range.kind());
      worst = worst.worse(state);
      spans.add(new Span(range.offset(), range.length(), state));
    }
    return new Panel(
        name,
        worst,
        report.verdict().name()
            + (report.complete() || worst == State.UNKNOWN ? "" : ", maybe more"),
        List.of(Text.bytes(report.size()) + below(report)),
        List.of(new Grid(name, report.size(), BLOCK, rest(report), spans)),
        List.of(
            new Table(Table.Kind.RANGES, report.badRanges().stream().map(FilePanel::row).toList()),
            reasons(Reasons.of(report.reasons(), path))));
  }

  /** The devices below it, for a person. */
  private static String below(BadBlockReport report) {
    return report.stack().substring(report.path().toString().length());
  }

  /** A path that could not be scanned. */
  static Panel failed(String name, ErrorJson error) {
    return new Panel(
        name,
        State.UNKNOWN,
        "ERROR",
        List.of(error.message(), Failure.advice(error)),
        List.of(),
        List.of());
  }

  /** The state of the ranges that are not listed as bad. */
  private static State rest(BadBlockReport report) {
    if (report.verdict() == Verdict.NOT_PMEM) {
      return State.NOT_LISTED;
    }
    return report.complete() ? State.GOOD : State.UNKNOWN;
  }

  static State state(BadRange.Kind kind) {
    return switch (kind) {
      case DATA -> State.LOST;
      case ZEROED -> State.ZEROED;
      case UNWRITTEN, PAST_END -> State.UNUSED;
    };
  }

  private static List<String> row(BadRange range) {
    String what =
        switch (range.kind()) {
          case DATA -> "data, lost";
          case ZEROED -> "data, zeroed by an unfinished repair";
          case UNWRITTEN -> "never written, reads as zeros";
          case PAST_END -> "past the end of the file";
        };
    return List.of(
        String.valueOf(range.offset()),
        String.valueOf(range.length()),
        what + (range.shared() ? ", shared with other files" : ""),
        range.blocks().offset() + "+" + range.blocks().length(),
        range.device().isEmpty() ? "" : range.device() + ", sector " + range.deviceSector());
  }

  static Table reasons(List<ReasonJson> reasons) {
    return new Table(
        Table.Kind.REASONS,
        reasons.stream().map(reason -> List.of(reason.code(), reason.message())).toList());
  }

  static Table sources(List<SourceJson> sources) {
    return new Table(
        Table.Kind.SOURCES,
        sources.stream()
            .map(source -> List.of(source.device(), source.kind(), Sources.text(source)))
            .toList());
  }
}
