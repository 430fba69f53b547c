package io.github.pmem2j.cli.json;

import java.util.List;

/**
 * The outcome of {@code clear}.
 *
 * @param badBlocks what is bad now
 * @param inDoubt what was being cleared when that failed; it may be zeros
 */
public record ClearJson(
    String path,
    Boolean deviceMatched,
    List<RangeJson> wouldClear,
    List<RangeJson> cleared,
    RangeJson inDoubt,
    List<RangeJson> badBlocks,
    ErrorJson error) {}
