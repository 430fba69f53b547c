package io.github.pmem2j.repair;

import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.nio.file.Path;

/**
 * Reports a repair's progress. It can be cancelled before a batch, and while a batch is fetched.
 */
final class RepairProgress {
  private final LongWork work;
  private long total;
  private long done;
  private long lost;

  RepairProgress(Path file, ProgressListener listener) {
    work = new LongWork("repair", file, listener);
  }

  /** Takes the plan, before anything is changed. */
  void begin(UnitPlan plan) throws CancelledException {
    work.checkBegin();
    total = plan.units().stream().mapToLong(unit -> unit.blocks().length()).sum();
  }

  /** Called before each unit is fetched, when the journal on the medium is up to date. */
  void beforeUnit(Path journal) throws CancelledException {
    Progress progress = work.report(done, total, lost);
    work.check(
        progress, RangeSet::empty, "repair it again, which continues with the journal " + journal);
  }

  /** Takes the outcome of a unit. */
  RepairedRange after(RepairedRange range) {
    done += range.blocks().length();
    if (range.outcome() == Outcome.FAILED || range.outcome() == Outcome.REFUSED) {
      lost += range.blocks().length();
    }
    if (done == total) {
      work.report(done, total, lost);
    }
    return range;
  }
}
