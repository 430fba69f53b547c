package io.github.pmem2j.cli;

import io.github.pmem2j.cli.html.Grid;
import io.github.pmem2j.cli.html.Page;
import io.github.pmem2j.cli.html.Panel;
import io.github.pmem2j.cli.html.Span;
import io.github.pmem2j.cli.html.State;
import io.github.pmem2j.cli.html.Table;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.VerifyJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The page of a verification. */
final class VerifyPage {
  private static final int FEW = 200;

  private final List<Panel> bad = new ArrayList<>();
  private final List<Panel> good = new ArrayList<>();
  private long files;
  private long damaged;
  private long doubtful;
  private long failed;
  private long lostBytes;
  private long lostRanges;
  private long cached;

  /** Adds a file or a path that could not be read. */
  void add(VerifyJson line) {
    if (line.error() != null) {
      failed++;
      bad.add(FilePanel.failed(line.path(), line.error()));
      return;
    }
    files++;
    List<RangeJson> unread = line.unreadable() == null ? List.of() : line.unreadable();
    lostBytes += RangeJson.total(line.lost());
    lostRanges += line.lost().size();
    cached += "cache".equals(line.readFrom()) ? 1 : 0;
    boolean isBad = !line.lost().isEmpty() || !unread.isEmpty();
    damaged += isBad ? 1 : 0;
    doubtful += line.reasons() == null ? 0 : 1;
    Panel panel = panel(line, unread);
    if (isBad || line.reasons() != null) {
      bad.add(panel);
    } else if (good.size() < FEW) {
      good.add(panel);
    }
  }

  private static Panel panel(VerifyJson line, List<RangeJson> unread) {
    State rest = line.reasons() == null ? State.GOOD : State.UNKNOWN;
    List<Span> spans = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    add(line.lost(), State.LOST, "lost", spans, rows);
    add(unread, State.UNREADABLE, "an ordinary read fails", spans, rows);
    State worst = spans.stream().map(Span::state).reduce(rest, State::worse);
    String from =
        switch (line.readFrom()) {
          case "cache" -> "read through the page cache: cached bytes may be lost on the medium";
          case "dax" -> "read from the memory itself";
          default -> "read from the medium, past the page cache";
        };
    return new Panel(
        line.path(),
        worst,
        worst == State.GOOD ? "READABLE" : worst.label().toUpperCase(java.util.Locale.ROOT),
        List.of(Text.bytes(line.size()), from),
        List.of(new Grid(line.path(), line.size(), FilePanel.BLOCK, rest, spans)),
        List.of(
            new Table(Table.Kind.UNREAD, rows),
            FilePanel.reasons(line.reasons() == null ? List.of() : line.reasons())));
  }

  private static void add(
      List<RangeJson> ranges, State state, String what, List<Span> spans, List<List<String>> rows) {
    for (RangeJson range : ranges) {
      spans.add(new Span(range.offset(), range.length(), state));
      rows.add(List.of(String.valueOf(range.offset()), String.valueOf(range.length()), what));
    }
  }

  /** The page of all that was added. */
  Page page() {
    Page page = headline();
    page.count(State.LOST, lostBytes, "bytes lost in " + Text.count(lostRanges, "range"));
    page.count(State.LOST, damaged, "bad files");
    page.count(State.GOOD, files - damaged, "files can be read");
    if (failed > 0) {
      page.count(State.UNKNOWN, failed, "failed");
    }
    if (damaged > 0) {
      page.advise(
          "With a replica: `pmem2j repair --from REPLICA FILE` restores only what is lost.");
      page.advise("Without one: `pmem2j salvage FILE COPY` copies all that can be read.");
    }
    bad.sort(Comparator.comparing(Panel::state));
    page.section("Needs attention", bad, List.of());
    long more = files - bad.size() + failed - good.size();
    page.section(
        "Readable",
        good,
        more > 0
            ? List.of("Not drawn: " + Text.count(more, "file") + " more that can be read.")
            : List.of());
    return page;
  }

  private Page headline() {
    String detail = Text.count(files, "file") + " read.";
    if (cached > 0) {
      detail += " " + cached + " of them through the page cache, which may hide a loss.";
    }
    if (lostBytes > 0) {
      String headline = Text.count(damaged, "file") + (damaged == 1 ? " has" : " have");
      return new Page(State.LOST, headline + " lost " + Text.bytes(lostBytes), detail);
    }
    if (damaged > 0) {
      return new Page(State.UNREADABLE, "No byte is lost, but ordinary reads fail", detail);
    }
    if (failed > 0) {
      return new Page(State.UNKNOWN, Text.count(failed, "path") + " could not be read", detail);
    }
    return doubtful > 0
        ? new Page(State.UNKNOWN, "Unknown: an interrupted repair may have left zeros", detail)
        : new Page(State.GOOD, "Every byte can be read", detail);
  }
}
