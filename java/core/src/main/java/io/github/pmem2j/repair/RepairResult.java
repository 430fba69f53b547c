package io.github.pmem2j.repair;

import io.github.pmem2j.IncompleteReason;
import java.util.List;
import java.util.Objects;

/**
 * The result of a repair. Immutable.
 *
 * @param ranges the outcome for each bad range, by offset
 * @param reasons why there may be more damage than was known; empty if there is not
 */
public record RepairResult(List<RepairedRange> ranges, List<IncompleteReason> reasons) {
  /** Makes a result. */
  public RepairResult {
    Objects.requireNonNull(ranges, "ranges");
    Objects.requireNonNull(reasons, "reasons");
    ranges = List.copyOf(ranges);
    reasons = List.copyOf(reasons);
  }

  /**
   * {@return whether everything that was known to be bad is restored: false if a range failed or
   * was refused}
   */
  public boolean finished() {
    return ranges.stream()
        .noneMatch(
            range ->
                range.outcome() == RepairedRange.Outcome.FAILED
                    || range.outcome() == RepairedRange.Outcome.REFUSED);
  }
}
