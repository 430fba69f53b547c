package io.github.pmem2j.cli.json;

import io.github.pmem2j.ByteRange;
import java.util.ArrayList;
import java.util.List;

/** A range of a file or device, in bytes. */
public record RangeJson(long offset, long length) {
  /** A range of the library. */
  public static RangeJson of(ByteRange range) {
    return new RangeJson(range.offset(), range.length());
  }

  /** Ranges of the library: a list or a set. */
  public static List<RangeJson> of(Iterable<ByteRange> ranges) {
    List<RangeJson> all = new ArrayList<>();
    ranges.forEach(range -> all.add(of(range)));
    return all;
  }

  /** The total length of ranges that do not overlap. */
  public static long total(List<RangeJson> ranges) {
    return ranges.stream().mapToLong(RangeJson::length).sum();
  }
}
