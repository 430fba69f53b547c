package io.github.pmem2j.cli.json;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.repair.RepairedRange;
import java.util.List;

/**
 * The outcome of {@code clear}. A component is null, and not written, if it does not apply.
 *
 * @param deviceMatched whether libpmem2 found the device
 * @param wouldClear what clearing would zero, if nothing was cleared
 * @param inDoubt the range whose clearing failed; it may be zero
 * @param ranges the outcome of each bad range of a device that lists its own errors
 * @param badBlocks the blocks that are still bad
 * @param reasons why there may be more
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
    ErrorJson error) {
  /** A builder of the outcome for a path. */
  public static Builder builder(String path) {
    return new Builder(path);
  }

  /** Collects the components that apply. */
  public static final class Builder {
    private final String path;
    private Boolean deviceMatched;
    private List<RangeJson> wouldClear;
    private List<RangeJson> cleared;
    private RangeJson inDoubt;
    private List<RepairJson.Repaired> ranges;
    private List<RangeJson> badBlocks;
    private List<ReasonJson> reasons;

    private Builder(String path) {
      this.path = path;
    }

    public Builder deviceMatched(boolean matched) {
      deviceMatched = matched;
      return this;
    }

    public Builder wouldClear(Iterable<ByteRange> plan) {
      wouldClear = RangeJson.of(plan);
      return this;
    }

    public Builder cleared(Iterable<ByteRange> zeroed) {
      cleared = RangeJson.of(zeroed);
      return this;
    }

    public Builder inDoubt(ByteRange range) {
      inDoubt = RangeJson.of(range);
      return this;
    }

    public Builder ranges(List<RepairedRange> outcomes) {
      ranges = outcomes.stream().map(RepairJson.Repaired::of).toList();
      return this;
    }

    public Builder badBlocks(Iterable<ByteRange> left) {
      badBlocks = RangeJson.of(left);
      return this;
    }

    /** Sets the reasons, which are not written if there are none. */
    public Builder reasons(List<ReasonJson> why) {
      reasons = why.isEmpty() ? null : why;
      return this;
    }

    /** The outcome. */
    public ClearJson build() {
      return failed(null);
    }

    /** The outcome of a failure. */
    public ClearJson failed(ErrorJson error) {
      return new ClearJson(
          path, deviceMatched, wouldClear, cleared, inDoubt, ranges, badBlocks, reasons, error);
    }
  }
}
