package io.github.pmem2j.internal.journal;

import io.github.pmem2j.ByteRange;
import java.util.ArrayList;
import java.util.List;

/** Ranges in ascending order, joined where they touch. */
public final class Ranges {
  private final List<ByteRange> ranges = new ArrayList<>();

  /** Adds one that begins at or after the beginning of the last. */
  public void add(long offset, long length) {
    if (length == 0) {
      return;
    }
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).end() >= offset) {
      long from = ranges.get(last).offset();
      long end = Math.max(ranges.get(last).end(), offset + length);
      ranges.set(last, new ByteRange(from, end - from));
    } else {
      ranges.add(new ByteRange(offset, length));
    }
  }

  /** Adds all, in order. */
  public void addAll(List<ByteRange> more) {
    more.forEach(range -> add(range.offset(), range.length()));
  }

  /** What was added. */
  public List<ByteRange> list() {
    return List.copyOf(ranges);
  }

  /** What of {@code whole} is not in {@code holes}, which are sorted and disjoint. */
  public static List<ByteRange> without(ByteRange whole, List<ByteRange> holes) {
    Ranges rest = new Ranges();
    long at = whole.offset();
    for (ByteRange hole : holes) {
      if (hole.offset() > at) {
        rest.add(at, Math.min(hole.offset(), whole.end()) - at);
      }
      at = Math.max(at, hole.end());
      if (at >= whole.end()) {
        return rest.list();
      }
    }
    rest.add(at, whole.end() - at);
    return rest.list();
  }
}
