package io.github.pmem2j.cli.json;

import java.util.List;

/**
 * The outcome of {@code clear}.
 *
 * @param ranges the outcome of each bad range of a device that lists its own errors, else null
 * @param badBlocks the blocks that are still bad
 * @param inDoubt the range whose clearing failed; it may be zero
 * @param reasons why there may be more, or null
 */
public record ClearJson(
    String path,
    Boolean deviceMatched,
    List<RangeJson> wouldClear,
    List<RangeJson> cleared,
    RangeJson inDoubt,
    List<RepairJson.Repaired> ranges,
    List<RangeJson> badBlocks,
    List<ReasonJson> reasons,
    ErrorJson error) {}
