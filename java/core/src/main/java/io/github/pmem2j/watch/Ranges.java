package io.github.pmem2j.watch;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.scan.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Differences and intersections of lists of ranges. */
final class Ranges {
  private static final int SECTOR = 512;

  private Ranges() {}

  /** The same bytes, sorted, disjoint and in as few ranges as can be. */
  static List<Range> merge(List<Range> ranges) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(Range::offset));
    List<Range> merged = new ArrayList<>();
    for (Range range : sorted) {
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
  static List<Range> minus(List<Range> ranges, List<Range> others) {
    List<Range> rest = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
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
  static List<BadRange> within(List<BadRange> badRanges, String device, List<Range> ranges) {
    List<BadRange> parts = new ArrayList<>();
    for (BadRange bad : badRanges) {
      if (bad.device().equals(device)) {
        for (Range range : ranges) {
          cut(bad, range, parts);
        }
      }
    }
    return parts;
  }

  /** Where on its device a bad range is. */
  static Range place(BadRange bad) {
    return new Range(bad.deviceSector() * SECTOR, bad.length());
  }

  private static void cut(BadRange bad, Range range, List<BadRange> parts) {
    Range place = place(bad);
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

  private static Range between(long offset, long end) {
    return new Range(offset, end - offset);
  }
}
