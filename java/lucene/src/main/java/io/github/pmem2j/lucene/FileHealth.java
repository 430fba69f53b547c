package io.github.pmem2j.lucene;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * The state of a file before it is opened.
 *
 * @param verdict the scanner's verdict
 * @param lost the bytes that no read can bring back; may be empty for a file that is BAD
 * @param doubt why the report may be incomplete; empty if it is complete
 * @param hidesZeros whether an interrupted repair may have left zeros at unknown offsets, which a
 *     read returns without an error
 */
record FileHealth(Verdict verdict, RangeSet lost, String doubt, boolean hidesZeros) {
  /** Examines a file. */
  @FunctionalInterface
  interface Check {
    FileHealth of(Path file) throws IOException;
  }

  /**
   * What is wrong with a file that is damaged.
   *
   * @param lost the bytes that no read can bring back; may be empty
   * @param hidesZeros whether there may be zeros at unknown offsets
   */
  record Damage(RangeSet lost, boolean hidesZeros) {}

  /** The damage of a file that {@link #isDamaged}. */
  Damage damage() {
    return new Damage(lost, hidesZeros);
  }

  /** Nothing is known of a file. */
  static FileHealth unknown(String doubt) {
    return new FileHealth(Verdict.UNKNOWN, RangeSet.empty(), doubt, false);
  }

  /** Whether a read of the whole file fails, or should. */
  boolean isDamaged() {
    return verdict == Verdict.BAD || hidesZeros;
  }

  /** Scans a file of this machine. A scan that fails leaves its verdict unknown. */
  static FileHealth scan(Path file) throws IOException {
    try {
      return of(BadBlockScanner.scan(file));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return unknown(e.toString());
    }
  }

  private static FileHealth of(BadBlockReport report) {
    String doubt =
        report.reasons().stream().map(reason -> reason.message()).collect(Collectors.joining("; "));
    boolean hidesZeros = report.reasons().stream().anyMatch(IncompleteReason::forbidsReading);
    return new FileHealth(report.verdict(), report.lost(), doubt, hidesZeros);
  }
}
