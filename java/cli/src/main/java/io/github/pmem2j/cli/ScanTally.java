package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.Verdict;
import java.util.EnumMap;
import java.util.Map;

/** What a scan has found so far: its files by verdict, and their bad ranges. */
final class ScanTally {
  private final boolean requirePmem;
  private final Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
  private long failed;
  private long badBytes;
  private long badRanges;
  private long lostBytes;
  private boolean complete = true;

  /**
   * Creates a tally without files.
   *
   * @param requirePmem whether a file that is not on persistent memory is unknown
   */
  ScanTally(boolean requirePmem) {
    this.requirePmem = requirePmem;
  }

  /** Adds a file. */
  void add(BadBlockReport report) {
    counts.merge(report.verdict(), 1L, Long::sum);
    complete &= report.complete() && verdict(report) == report.verdict();
    for (BadRange range : report.badRanges()) {
      badBytes += range.length();
      badRanges++;
    }
    lostBytes += report.badRanges().isEmpty() ? 0 : report.lost().total();
  }

  /** Adds a path that could not be scanned. */
  void addFailed() {
    failed++;
    complete = false;
  }

  /** The verdict on a file, which is unknown if the file should be on persistent memory. */
  Verdict verdict(BadBlockReport report) {
    boolean unwanted = requirePmem && report.verdict() == Verdict.NOT_PMEM;
    return unwanted ? Verdict.UNKNOWN : report.verdict();
  }

  /** Whether a file that is not on persistent memory is unknown. */
  boolean requirePmem() {
    return requirePmem;
  }

  /** How many files have this verdict of the scanner. */
  long count(Verdict verdict) {
    return counts.getOrDefault(verdict, 0L);
  }

  /** How many files are reported with this verdict. */
  long reported(Verdict verdict) {
    return switch (verdict) {
      case UNKNOWN -> unknown();
      case NOT_PMEM -> requirePmem ? 0 : count(verdict);
      default -> count(verdict);
    };
  }

  /** How many files are unknown, with those that should be on persistent memory. */
  long unknown() {
    return count(Verdict.UNKNOWN) + (requirePmem ? count(Verdict.NOT_PMEM) : 0);
  }

  /** How many files were scanned. */
  long files() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many paths could not be scanned. */
  long failed() {
    return failed;
  }

  long badBytes() {
    return badBytes;
  }

  long badRanges() {
    return badRanges;
  }

  long lostBytes() {
    return lostBytes;
  }

  /** Whether nothing is unknown. */
  boolean complete() {
    return complete;
  }
}
