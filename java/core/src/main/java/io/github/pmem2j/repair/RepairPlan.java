package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What a repair would do now. Immutable.
 *
 * @param path the file
 * @param journal where its journal would be, or is
 * @param verdict what the scan said of the file
 * @param ranges what would be cleared and restored, by offset
 * @param refused what would be left alone, and why
 * @param reasons why there may be more damage than is known; empty if there is not
 */
public record RepairPlan(
    Path path,
    Path journal,
    Verdict verdict,
    List<Planned> ranges,
    List<RepairedRange> refused,
    List<IncompleteReason> reasons) {
  /**
   * A range to be cleared and restored.
   *
   * @param blocks what would be cleared, in bytes of the file
   * @param lost which bytes the {@link RangeRestorer} would be asked for
   * @param saved how many other bytes would be put back from what can still be read
   * @param unfinished whether an earlier repair has begun it: it may be zeros now
   */
  public record Planned(ByteRange blocks, RangeSet lost, long saved, boolean unfinished) {
    /**
     * Makes a range.
     *
     * @param blocks what would be cleared
     * @param lost what the restorer would be asked for
     * @param saved how many bytes would be put back
     * @param unfinished whether it has been begun
     */
    public Planned {
      Objects.requireNonNull(lost);
    }
  }

  /**
   * Makes a plan.
   *
   * @param path the file
   * @param journal its journal
   * @param verdict what the scan said
   * @param ranges what would be cleared and restored
   * @param refused what would be left alone
   * @param reasons why there may be more
   */
  public RepairPlan {
    ranges = List.copyOf(ranges);
    refused = List.copyOf(refused);
    reasons = List.copyOf(reasons);
  }
}
