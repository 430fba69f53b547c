package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Queries once what the devices list in the blocks of many units. */
final class UnitCheck {
  private final Descriptor file;
  private final ScannedHost host;
  private final JournalWriter journal;
  private final List<IncompleteReason> known;

  /** {@code known} are the reasons of the plan, which are not new. */
  UnitCheck(
      Descriptor file, ScannedHost host, JournalWriter journal, List<IncompleteReason> known) {
    this.file = file;
    this.host = host;
    this.journal = journal;
    this.known = known;
  }

  /** Sets what is bad in each of the units, and why there may be more. */
  void run(List<UnitRepair> units) throws IOException {
    if (units.isEmpty()) {
      return;
    }
    String lost = journalLost().orElse(null);
    BadBlockReport report = host.listed(file, blocks(units));
    if (units.size() == 1 || doubt(report) == null) {
      answer(units, report, lost);
      return;
    }
    for (UnitRepair unit : units) { // The uncertainty may be about only one of them.
      answer(List.of(unit), host.listed(file, blocks(List.of(unit))), lost);
    }
  }

  private static RangeSet blocks(List<UnitRepair> units) {
    return RangeSet.copyOf(units.stream().map(UnitRepair::blocks).toList());
  }

  private void answer(List<UnitRepair> units, BadBlockReport report, String lost) {
    String doubt = Optional.ofNullable(doubt(report)).orElse(lost);
    String message = doubt == null ? null : "which of it is bad is no longer known: " + doubt;
    List<BadRange> listed =
        report.badRanges().stream()
            .filter(range -> !range.device().isEmpty()) // Otherwise it is only in a journal.
            .sorted(Comparator.comparingLong(range -> range.blocks().offset()))
            .toList();
    int first = 0;
    for (UnitRepair unit : units) {
      while (first < listed.size() && listed.get(first).blocks().end() <= unit.blocks().offset()) {
        first++;
      }
      List<BadRange> bad = new ArrayList<>();
      for (int i = first;
          i < listed.size() && listed.get(i).blocks().offset() < unit.blocks().end();
          i++) {
        if (listed.get(i).blocks().intersects(unit.blocks())) {
          bad.add(listed.get(i));
        }
      }
      unit.found(bad, message);
    }
  }

  private String doubt(BadBlockReport report) {
    return report.reasons().stream()
        .filter(reason -> !known.contains(reason))
        .findFirst()
        .map(IncompleteReason::message)
        .orElse(null);
  }

  /** Why a scan would not find the journal if this run were interrupted. */
  private Optional<String> journalLost() {
    try {
      if (file.status().type() == FileStatus.Type.REGULAR) {
        journal.checkFound(file);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }
}
