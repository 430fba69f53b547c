package io.github.pmem2j.h2;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The damage of a file when it was opened, without the ranges overwritten since. */
final class Damage {
  private final boolean bad;
  private final String hiddenZeros;
  private RangeSet lost;
  private RangeSet unreadable;

  private Damage(BadBlockReport report) {
    bad = report.verdict() == Verdict.BAD;
    hiddenZeros =
        report.reasons().stream()
            .filter(IncompleteReason::forbidsReading)
            .map(IncompleteReason::message)
            .collect(Collectors.joining("; "));
    lost = report.lost();
    unreadable = report.unreadable();
  }

  static Damage of(Path file) throws IOException {
    return new Damage(BadBlockScanner.scan(file));
  }

  /** Whether a read of the file may fail, though perhaps no byte is lost. */
  boolean isBad() {
    return bad;
  }

  /**
   * Why an interrupted repair may have left zeros at unknown places, which a read returns without
   * an error; empty if none has.
   */
  String hiddenZeros() {
    return hiddenZeros;
  }

  /** The bytes that no read can bring back. */
  synchronized RangeSet lost() {
    return lost;
  }

  /** The lost ranges that a range touches, each as a whole. */
  RangeSet lostAt(long offset, long length) {
    ByteRange range = new ByteRange(offset, length);
    return RangeSet.copyOf(lost().stream().filter(range::intersects).toList());
  }

  /** Whether a read of this range must go around the damage. */
  synchronized boolean intersects(long offset, long length) {
    return unreadable.intersects(new ByteRange(offset, length));
  }

  /** Forgets the damage in a truncated part: if the file grows again, it gets other blocks. */
  synchronized void truncated(long size) {
    if (!unreadable.isEmpty()) {
      ByteRange left = new ByteRange(0, size);
      unreadable = unreadable.intersect(left);
      lost = lost.intersect(left);
    }
  }

  /** Marks a range as written: it can be read again. */
  synchronized void overwritten(long offset, long length) {
    if (!unreadable.isEmpty()) {
      RangeSet written = RangeSet.of(new ByteRange(offset, length));
      unreadable = unreadable.minus(written);
      lost = lost.minus(written);
    }
  }
}
