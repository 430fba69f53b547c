package io.github.pmem2j.cli.json;

import io.github.pmem2j.BadBlock;
import io.github.pmem2j.scan.Range;
import java.util.List;

/** A range of a file or device, in bytes. */
public record RangeJson(long offset, long length) {
  /** A range of the library. */
  public static RangeJson of(Range range) {
    return new RangeJson(range.offset(), range.length());
  }

  /** A range that libpmem2 reports. */
  public static RangeJson of(BadBlock block) {
    return new RangeJson(block.offset(), block.length());
  }

  /** Ranges of the library. */
  public static List<RangeJson> ofRanges(List<Range> ranges) {
    return ranges.stream().map(RangeJson::of).toList();
  }

  /** Ranges that libpmem2 reports. */
  public static List<RangeJson> ofBlocks(List<BadBlock> blocks) {
    return blocks.stream().map(RangeJson::of).toList();
  }

  /** How many bytes ranges have that do not overlap. */
  public static long total(List<RangeJson> ranges) {
    return ranges.stream().mapToLong(RangeJson::length).sum();
  }
}
