package io.github.pmem2j.cli.json;

import java.util.List;

/**
 * The outcome of {@code clear}.
 *
 * @param badBlocks the blocks that are still bad
 * @param inDoubt the range whose clearing failed; it may be zero
 */
public record ClearJson(
    String path,
    Boolean deviceMatched,
    List<RangeJson> wouldClear,
    List<RangeJson> cleared,
    RangeJson inDoubt,
    List<RangeJson> badBlocks,
    ErrorJson error) {}
