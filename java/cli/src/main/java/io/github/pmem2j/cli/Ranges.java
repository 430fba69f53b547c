package io.github.pmem2j.cli;

import io.github.pmem2j.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Several ranges of one file. */
final class Ranges {
  private Ranges() {}

  /**
   * The same bytes in ascending order, none twice: libpmem2 reports a block of the file system once
   * for each bad sector in it. Ranges that only touch stay two.
   */
  static List<ByteRange> distinct(List<ByteRange> blocks) {
    List<ByteRange> sorted = new ArrayList<>(blocks);
    sorted.sort(Comparator.comparingLong(ByteRange::offset));
    List<ByteRange> distinct = new ArrayList<>();
    for (ByteRange block : sorted) {
      int last = distinct.size() - 1;
      if (last >= 0 && block.offset() < distinct.get(last).end()) {
        long offset = distinct.get(last).offset();
        long end = Math.max(block.end(), distinct.get(last).end());
        distinct.set(last, new ByteRange(offset, end - offset));
      } else {
        distinct.add(block);
      }
    }
    return distinct;
  }

  /** How many bytes they cover. */
  static long total(List<ByteRange> blocks) {
    return distinct(blocks).stream().mapToLong(ByteRange::length).sum();
  }

  /** Whether every byte of {@code range} is in one of {@code distinct}. */
  static boolean cover(List<ByteRange> distinct, ByteRange range) {
    long covered = range.offset();
    for (ByteRange block : distinct) {
      if (block.offset() <= covered) {
        covered = Math.max(covered, block.end());
      }
    }
    return covered >= range.end();
  }

  /** Whether {@code block} has a byte in one of {@code ranges}. */
  static boolean overlap(ByteRange block, List<ByteRange> ranges) {
    return ranges.stream().anyMatch(r -> r.offset() < block.end() && block.offset() < r.end());
  }
}
