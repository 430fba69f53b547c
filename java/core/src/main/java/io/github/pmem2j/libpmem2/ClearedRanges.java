package io.github.pmem2j.libpmem2;

import io.github.pmem2j.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A set of bytes, as ranges. Not thread-safe. */
final class ClearedRanges {
  /** Disjoint, not touching: offset to end. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  /** Not yet among {@link #ends}: most sets are never asked, and sorting would cost. */
  private final List<ByteRange> added = new ArrayList<>();

  void add(ByteRange block) {
    added.add(block);
  }

  private TreeMap<Long, Long> ends() {
    added.forEach(this::merge);
    added.clear();
    return ends;
  }

  private void merge(ByteRange block) {
    long offset = block.offset();
    long end = block.end();
    Map.Entry<Long, Long> before = ends.floorEntry(offset);
    if (before != null && before.getValue() >= offset) {
      offset = before.getKey();
      end = Math.max(end, before.getValue());
    }
    Map<Long, Long> swallowed = ends.subMap(offset, true, end, true);
    for (long swallowedEnd : swallowed.values()) {
      end = Math.max(end, swallowedEnd);
    }
    swallowed.clear();
    ends.put(offset, end);
  }

  boolean contains(ByteRange block) {
    return missing(block).isEmpty();
  }

  /** The parts of a block that are not in the set, in order. */
  List<ByteRange> missing(ByteRange block) {
    List<ByteRange> parts = new ArrayList<>();
    TreeMap<Long, Long> sorted = ends();
    long at = block.offset();
    Map.Entry<Long, Long> range = sorted.floorEntry(at);
    if (range == null) {
      range = sorted.higherEntry(at);
    }
    while (range != null && range.getKey() < block.end()) {
      if (range.getKey() > at) {
        parts.add(new ByteRange(at, range.getKey() - at));
      }
      at = Math.max(at, range.getValue());
      range = sorted.higherEntry(range.getKey());
    }
    if (at < block.end()) {
      parts.add(new ByteRange(at, block.end() - at));
    }
    return parts;
  }

  /** Whether a range of the set begins or ends at this byte. */
  boolean hasEdge(long offset) {
    TreeMap<Long, Long> sorted = ends();
    Map.Entry<Long, Long> before = sorted.lowerEntry(offset);
    return sorted.containsKey(offset) || (before != null && before.getValue() == offset);
  }
}
