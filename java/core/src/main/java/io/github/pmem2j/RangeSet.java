package io.github.pmem2j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A set of bytes, as ranges. Not thread-safe. */
final class RangeSet {
  /** Disjoint, not touching: offset to end. */
  private final TreeMap<Long, Long> ends = new TreeMap<>();

  void add(BadBlock block) {
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

  boolean contains(BadBlock block) {
    return missing(block).isEmpty();
  }

  /** The parts of a block that are not in the set, in order. */
  List<BadBlock> missing(BadBlock block) {
    List<BadBlock> parts = new ArrayList<>();
    long at = block.offset();
    Map.Entry<Long, Long> range = ends.floorEntry(at);
    if (range == null) {
      range = ends.higherEntry(at);
    }
    while (range != null && range.getKey() < block.end()) {
      if (range.getKey() > at) {
        parts.add(new BadBlock(at, range.getKey() - at));
      }
      at = Math.max(at, range.getValue());
      range = ends.higherEntry(range.getKey());
    }
    if (at < block.end()) {
      parts.add(new BadBlock(at, block.end() - at));
    }
    return parts;
  }

  /** Whether a range of the set begins or ends at this byte. */
  boolean hasEdge(long offset) {
    Map.Entry<Long, Long> before = ends.lowerEntry(offset);
    return ends.containsKey(offset) || (before != null && before.getValue() == offset);
  }
}
