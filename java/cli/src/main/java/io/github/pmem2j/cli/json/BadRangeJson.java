package io.github.pmem2j.cli.json;

import io.github.pmem2j.BadRange;
import java.util.List;

/** A bad range with the blocks that hold it and its place on the device. */
public record BadRangeJson(
    long offset,
    long length,
    long clearOffset,
    long clearLength,
    String kind,
    boolean shared,
    String device,
    long deviceSector) {
  private static BadRangeJson of(BadRange range) {
    return new BadRangeJson(
        range.offset(),
        range.length(),
        range.blocks().offset(),
        range.blocks().length(),
        range.kind().name(),
        range.shared(),
        range.device(),
        range.deviceSector());
  }

  /** Bad ranges of the library. */
  public static List<BadRangeJson> of(List<BadRange> ranges) {
    return ranges.stream().map(BadRangeJson::of).toList();
  }
}
