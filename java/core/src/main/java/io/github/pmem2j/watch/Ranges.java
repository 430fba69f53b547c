package io.github.pmem2j.watch;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Differences and intersections of lists of ranges. */
final class Ranges {
  private static final int SECTOR = 512;

  private Ranges() {}

  /** The same bytes, sorted, disjoint and in as few ranges as can be. */
  static List<ByteRange> merge(List<ByteRange> ranges) {
    List<ByteRange> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(ByteRange::offset));
    List<ByteRange> merged = new ArrayList<>();
    for (ByteRange range : sorted) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).end() >= range.offset()) {
        long offset = merged.get(last).offset();
        merged.set(last, between(offset, Math.max(merged.get(last).end(), range.end())));
      } else {
        merged.add(range);
      }
    }
    return merged;
  }

  /** What is in {@code ranges} and not in {@code others}; both merged. */
  static List<ByteRange> minus(List<ByteRange> ranges, List<ByteRange> others) {
    List<ByteRange> rest = new ArrayList<>();
    int next = 0;
    for (ByteRange range : ranges) {
      long from = range.offset();
      while (next < others.size() && others.get(next).end() <= from) {
        next++;
      }
      for (int i = next; i < others.size() && others.get(i).offset() < range.end(); i++) {
        if (others.get(i).offset() > from) {
          rest.add(between(from, others.get(i).offset()));
        }
        from = others.get(i).end();
      }
      if (from < range.end()) {
        rest.add(between(from, range.end()));
      }
    }
    return rest;
  }

  /** The parts of a file's bad ranges that lie in {@code ranges} of the device; these merged. */
  static List<BadRange> within(List<BadRange> badRanges, String device, List<ByteRange> ranges) {
    List<BadRange> parts = new ArrayList<>();
    for (BadRange bad : badRanges) {
      if (bad.device().equals(device)) {
        for (ByteRange range : ranges) {
          cut(bad, range, parts);
        }
      }
    }
    return parts;
  }

  /** Where on its device a bad range is. */
  static ByteRange place(BadRange bad) {
    return new ByteRange(bad.deviceSector() * SECTOR, bad.length());
  }

  private static void cut(BadRange bad, ByteRange range, List<BadRange> parts) {
    ByteRange place = place(bad);
    long from = Math.max(place.offset(), range.offset());
    long to = Math.min(place.end(), range.end());
    if (from < to) {
      parts.add(
          new BadRange(
              bad.offset() + (from - place.offset()),
              to - from,
              bad.clearOffset(),
              bad.clearLength(),
              bad.kind(),
              bad.shared(),
              bad.device(),
              from / SECTOR));
    }
  }

  private static ByteRange between(long offset, long end) {
    return new ByteRange(offset, end - offset);
  }
}
