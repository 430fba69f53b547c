package io.github.pmem2j.cli.json;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.util.List;

/** A range of a file or device, in bytes. */
public record RangeJson(long offset, long length) {
  /** A range of the library. */
  public static RangeJson of(ByteRange range) {
    return new RangeJson(range.offset(), range.length());
  }

  /** Ranges of the library. */
  public static List<RangeJson> of(List<ByteRange> ranges) {
    return ranges.stream().map(RangeJson::of).toList();
  }

  /** The ranges of a set. */
  public static List<RangeJson> of(RangeSet ranges) {
    return of(ranges.ranges());
  }

  /** The total length of ranges that do not overlap. */
  public static long total(List<RangeJson> ranges) {
    return ranges.stream().mapToLong(RangeJson::length).sum();
  }
}
