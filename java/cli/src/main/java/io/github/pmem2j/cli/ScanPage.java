package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.cli.html.Page;
import io.github.pmem2j.cli.html.Panel;
import io.github.pmem2j.cli.html.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The page of a scan. It draws what needs attention; healthy files only if there are few files in
 * all.
 */
final class ScanPage implements ScanOutput {
  /** More bad files than a page can hold. */
  private static final int MAX_BAD = 2000;

  private static final int MAX_UNKNOWN = 50;
  private static final int FEW = 20;

  private final ScanTally tally;
  private final Consumer<Page> target;
  private final Map<Verdict, List<Panel>> panels = new EnumMap<>(Verdict.class);
  private final List<Panel> failed = new ArrayList<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private final ScannedDevices devices = new ScannedDevices();

  /** Writes the page of a scan with this tally to this target. */
  ScanPage(ScanTally tally, Consumer<Page> target) {
    this.tally = tally;
    this.target = target;
    for (Verdict verdict : Verdict.values()) {
      panels.put(verdict, new ArrayList<>());
    }
  }

  @Override
  public void add(BadBlockReport report) {
    Verdict verdict = report.verdict();
    devices.add(report);
    int limit =
        switch (verdict) {
          case BAD -> MAX_BAD;
          case UNKNOWN -> MAX_UNKNOWN;
          default -> FEW;
        };
    if (panels.get(verdict).size() < limit) {
      panels.get(verdict).add(FilePanel.of(report));
    } else if (verdict == Verdict.UNKNOWN) {
      report.reasons().forEach(reason -> reasons.merge(reason.code().name(), 1L, Long::sum));
    }
  }

  @Override
  public void addFailed(Path path, IOException e) {
    if (failed.size() < MAX_UNKNOWN) {
      failed.add(FilePanel.failed(PathConverter.text(path), Failure.of(e, path)));
    }
  }

  @Override
  public void write() {
    long bad = tally.count(Verdict.BAD);
    long unknown = tally.unknown();
    long failures = tally.failed();
    Page page = headline(bad, unknown);
    page.count(State.LOST, bad, bad == 1 ? "bad file" : "bad files");
    page.count(
        State.LOST, tally.badBytes(), "bad bytes in " + Text.count(tally.badRanges(), "range"));
    page.count(State.UNKNOWN, tally.count(Verdict.UNKNOWN), "unknown");
    page.count(State.GOOD, tally.count(Verdict.CLEAN), "clean");
    if (tally.count(Verdict.NOT_PMEM) > 0) {
      State state = tally.requirePmem() ? State.UNKNOWN : State.NOT_LISTED;
      page.count(state, tally.count(Verdict.NOT_PMEM), "not on persistent memory");
    }
    if (failures > 0) {
      page.count(State.UNKNOWN, failures, "failed");
    }
    advise(page, bad, unknown);
    page.section("Devices", devices.panels(), List.of());
    page.section("Who reports errors", devices.sources());
    page.section("Bad files", panels.get(Verdict.BAD), folded(Verdict.BAD, "bad"));
    page.section("Failed", failed, more(failures - failed.size(), "could not be scanned"));
    page.section("Unknown", panels.get(Verdict.UNKNOWN), folded(Verdict.UNKNOWN, "unknown"));
    healthy(page, "Clean", Verdict.CLEAN, "have no known error");
    healthy(page, "Not on persistent memory", Verdict.NOT_PMEM, "are not on persistent memory");
    target.accept(page);
  }

  private Page headline(long bad, long unknown) {
    long files = tally.files();
    long failures = tally.failed();
    long badRanges = tally.badRanges();
    long lostBytes = tally.lostBytes();
    String maybe = tally.complete() && unknown == 0 ? "" : " There may be more that was not found.";
    String scanned = Text.count(files, "file") + " scanned";
    if (lostBytes > 0) {
      String what = Text.count(bad, "file") + (bad == 1 ? " is bad: " : " are bad: ");
      return new Page(
          State.LOST,
          what + Text.bytes(lostBytes) + " lost",
          scanned + ", " + Text.count(badRanges, "bad range") + "." + maybe);
    }
    if (bad > 0) {
      String headline = Text.count(badRanges, "bad range") + ", but no data of a file is lost";
      return new Page(State.UNUSED, headline, scanned + "." + maybe);
    }
    if (failures > 0 || unknown > 0) {
      String headline =
          failures > 0
              ? Text.count(failures, "path") + " could not be scanned"
              : "Unknown: " + Text.count(unknown, "file") + " may have bad blocks";
      return new Page(
          State.UNKNOWN,
          headline,
          scanned + ". Nothing bad was found, which does not prove that there is nothing.");
    }
    if (tally.count(Verdict.CLEAN) > 0) {
      return new Page(State.GOOD, "No known bad blocks", scanned + ".");
    }
    return files == 0
        ? new Page(State.NOT_LISTED, "There was no file to scan", "")
        : new Page(
            State.NOT_LISTED,
            "Not on persistent memory: nothing is known of errors",
            scanned + ". Their storage keeps no list of bad blocks.");
  }

  private void advise(Page page, long bad, long unknown) {
    if (bad > 0) {
      page.advise(
          "Stop the programs that map the bad files: such a read ends a JVM with an InternalError,"
              + " and others with SIGBUS.");
      page.advise(
          "With a replica: `pmem2j repair --from REPLICA FILE` restores only what is lost.");
      page.advise("Without one: `pmem2j salvage FILE COPY` copies all that can be read.");
    }
    if (unknown > 0) {
      page.advise(
          "Unknown is not clean: do what the reasons name, or read each file with `pmem2j verify`.");
    }
  }

  private List<String> folded(Verdict verdict, String word) {
    long more = tally.count(verdict) - panels.get(verdict).size();
    List<String> text = new ArrayList<>(more(more, word.equals("bad") ? "are bad" : "are unknown"));
    if (verdict == Verdict.UNKNOWN) {
      reasons.forEach(
          (code, count) -> text.add(code + ": " + Text.count(count, "file") + " of those."));
    }
    return text;
  }

  private static List<String> more(long count, String what) {
    return count == 0
        ? List.of()
        : List.of(
            "Not drawn: "
                + Text.count(count, "file")
                + " more that "
                + what
                + "; --json names them.");
  }

  private void healthy(Page page, String title, Verdict verdict, String what) {
    long count = tally.count(verdict);
    if (tally.files() <= FEW) {
      page.section(title, panels.get(verdict), List.of());
    } else if (count > 0) {
      page.section(title, List.of(), more(count, what));
    }
  }
}
