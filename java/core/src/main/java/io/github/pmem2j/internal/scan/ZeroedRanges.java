package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.util.ArrayList;
import java.util.List;

/** Merges the ranges that an interrupted repair has cleared with the device's bad ranges. */
final class ZeroedRanges {
  private ZeroedRanges() {}

  /**
   * A cleared range is lost entirely, regardless of what the device lists there: blocks that
   * replaced bad ones may be bad, too, and read as zeros around the error.
   *
   * @param zeroed what is cleared and not restored
   * @param bad what the device lists
   * @param size the size of the file
   */
  static List<BadRange> join(RangeSet zeroed, List<BadRange> bad, long size) {
    if (zeroed.isEmpty()) {
      return bad;
    }
    List<BadRange> all = new ArrayList<>();
    for (BadRange range : bad) {
      for (ByteRange blocks : zeroed.complementIn(range.blocks())) {
        if (range.range().intersects(blocks)) {
          all.add(range.slice(blocks, blocks, range.kind()));
        }
      }
    }
    for (ByteRange range : zeroed.intersect(new ByteRange(0, size))) {
      all.add(zeroed(range, bad));
    }
    return all;
  }

  /** A cleared range, with its device if a bad range of the device is in it. */
  private static BadRange zeroed(ByteRange range, List<BadRange> bad) {
    BadRange cleared = BadRange.of(range, range, BadRange.Kind.ZEROED);
    for (BadRange below : bad) {
      if (below.blocks().intersects(range)) {
        long distance = (range.offset() - below.offset()) / BadRange.SECTOR_SIZE;
        return cleared
            .withShared(below.shared())
            .withOrigin(below.device(), Math.max(0, below.deviceSector() + distance));
      }
    }
    return cleared;
  }
}
