package io.github.pmem2j.cli.json;

import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.RepairedRange;
import java.util.List;

/** The plan or the outcome of {@code repair}, or an error. */
public record RepairJson(
    String path,
    String journal,
    String verdict,
    List<Planned> planned,
    List<Repaired> ranges,
    List<ReasonJson> reasons,
    ErrorJson error) {
  /** A range to be cleared and restored. */
  public record Planned(RangeJson blocks, List<RangeJson> lost, long saved, boolean unfinished) {
    /** Converts a planned range. */
    public static Planned of(RepairPlan.Planned planned) {
      return new Planned(
          RangeJson.of(planned.blocks()),
          RangeJson.of(planned.lost()),
          planned.saved(),
          planned.unfinished());
    }
  }

  /** The outcome for a range. */
  public record Repaired(RangeJson blocks, String outcome, String message) {
    /** Converts a repaired range. */
    public static Repaired of(RepairedRange range) {
      return new Repaired(RangeJson.of(range.blocks()), range.outcome().name(), range.message());
    }
  }

  /** A file that could not be repaired. */
  public static RepairJson failed(String path, ErrorJson error) {
    return new RepairJson(path, null, null, null, null, null, error);
  }
}
