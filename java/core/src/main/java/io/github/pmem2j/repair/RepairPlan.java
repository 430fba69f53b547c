package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.journal.RepairUnit;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The plan of a repair. Immutable. */
public final class RepairPlan {
  private final Path path;
  private final Path journal;
  private final Verdict verdict;
  private final List<Planned> ranges;
  private final List<RepairedRange> refused;
  private final List<IncompleteReason> reasons;

  RepairPlan(Path path, Path journal, UnitPlan plan) {
    this.path = path;
    this.journal = journal;
    this.verdict = plan.verdict();
    this.ranges = plan.units().stream().map(Planned::of).toList();
    this.refused = plan.refused();
    this.reasons = plan.reasons();
  }

  /** {@return the file, as the caller passed it} */
  public Path path() {
    return path;
  }

  /** {@return the journal's path, whether or not it exists yet} */
  public Path journal() {
    return journal;
  }

  /** {@return the verdict of the scan} */
  public Verdict verdict() {
    return verdict;
  }

  /** {@return the ranges that would be cleared and restored, by offset} */
  public List<Planned> ranges() {
    return ranges;
  }

  /** {@return the ranges that would not be changed, and why, by offset} */
  public List<RepairedRange> refused() {
    return refused;
  }

  /** {@return why there may be more damage than is known; empty if the scan was complete} */
  public List<IncompleteReason> reasons() {
    return reasons;
  }

  /** {@return the plan in one line, for messages} */
  @Override
  public String toString() {
    return path
        + ": "
        + verdict
        + ", would clear "
        + ranges
        + " with the journal "
        + journal
        + ", would refuse "
        + refused
        + ", reasons "
        + reasons;
  }

  /**
   * A range to be cleared and restored.
   *
   * @param blocks the range that would be cleared, in bytes of the file
   * @param lost the bytes that the {@link RangeRestorer} would have to restore
   * @param saved how many other bytes can still be read, and would be kept
   * @param unfinished whether an interrupted repair has started on it: it may be zero now
   */
  public record Planned(ByteRange blocks, RangeSet lost, long saved, boolean unfinished) {
    /** Makes a range. */
    public Planned {
      Objects.requireNonNull(blocks, "blocks");
      Objects.requireNonNull(lost, "lost");
    }

    private static Planned of(RepairUnit unit) {
      long saved = unit.saved().stream().mapToLong(part -> part.bytes().length).sum();
      return new Planned(unit.blocks(), unit.lost(), saved, unit.inDoubt());
    }
  }
}
