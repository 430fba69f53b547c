package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlock;
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
  static List<BadBlock> distinct(List<BadBlock> blocks) {
    List<BadBlock> sorted = new ArrayList<>(blocks);
    sorted.sort(Comparator.comparingLong(BadBlock::offset));
    List<BadBlock> distinct = new ArrayList<>();
    for (BadBlock block : sorted) {
      int last = distinct.size() - 1;
      if (last >= 0 && block.offset() < distinct.get(last).end()) {
        long offset = distinct.get(last).offset();
        long end = Math.max(block.end(), distinct.get(last).end());
        distinct.set(last, new BadBlock(offset, end - offset));
      } else {
        distinct.add(block);
      }
    }
    return distinct;
  }

  /** How many bytes they cover. */
  static long total(List<BadBlock> blocks) {
    return distinct(blocks).stream().mapToLong(BadBlock::length).sum();
  }

  /** Whether every byte of {@code range} is in one of {@code distinct}. */
  static boolean cover(List<BadBlock> distinct, BadBlock range) {
    long covered = range.offset();
    for (BadBlock block : distinct) {
      if (block.offset() <= covered) {
        covered = Math.max(covered, block.end());
      }
    }
    return covered >= range.end();
  }

  /** Whether {@code block} has a byte in one of {@code ranges}. */
  static boolean overlap(BadBlock block, List<BadBlock> ranges) {
    return ranges.stream().anyMatch(r -> r.offset() < block.end() && block.offset() < r.end());
  }
}
