package io.github.pmem2j.repair;

import static java.util.function.Predicate.not;

import io.github.pmem2j.CancelledException;
import io.github.pmem2j.internal.jfr.Events;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Repairs a batch of units: fetches their bytes, marks them, clears, restores and verifies them,
 * and marks them as restored. They share each journal line, each sync and each query of the
 * devices; an error fails only the unit concerned.
 */
final class BatchRepair {
  /** As many as a device lists, so that blocks freed by one batch seldom come back in another. */
  static final int MAX_UNITS = 512;

  private static final int MAX_BYTES = 16 << 20;

  private final Context context;
  private final Descriptor file;
  private final JournalWriter journal;
  private final RepairTarget target;
  private final RepairStep.Hook hook;
  private final UnitCheck check;
  private final List<UnitRepair> units;

  /** The state that the batches of one run share. */
  record Context(
      Descriptor file,
      boolean allowShared,
      ScannedHost host,
      RepairStep.Hook hook,
      JournalWriter journal,
      RepairTarget target,
      UnitPlan plan) {}

  /** Creates a batch of the units {@code from} up to, but not including, {@code to} of the plan. */
  BatchRepair(int from, int to, Context context) {
    this.context = context;
    this.file = context.file;
    this.journal = context.journal;
    this.target = context.target;
    this.hook = context.hook;
    this.check = new UnitCheck(file, context.host, journal, context.plan.reasons());
    this.units = new ArrayList<>();
    for (int i = from; i < to; i++) {
      units.add(new UnitRepair(i, context.plan.units().get(i)));
    }
  }

  /** The end of the batch that begins with a unit of the plan. */
  static int end(UnitPlan plan, int from, int maxUnits) {
    int to = from;
    long bytes = 0;
    while (to < plan.units().size() && to - from < maxUnits) {
      bytes += plan.units().get(to).blocks().length();
      if (to > from && bytes > MAX_BYTES) {
        break;
      }
      to++;
    }
    return to;
  }

  /** Called before a unit is fetched, when nothing of the batch has been changed yet. */
  @FunctionalInterface
  interface SafePoint {
    void check() throws CancelledException;
  }

  List<RepairedRange> run(RangeRestorer restorer, SafePoint safePoint) throws IOException {
    fetch(restorer, safePoint);
    hook.after(RepairStep.BYTES_FETCHED);
    check.run(open());
    for (UnitRepair unit : UnitRepair.those(open(), UnitRepair::losesGrowth)) {
      failed(unit, "the file has grown in its last block since it was scanned: repair again");
    }
    for (UnitRepair unit : UnitRepair.those(open(), not(UnitRepair::inDoubt))) {
      decide(unit);
    }
    journal.clearing(numbers(UnitRepair.those(open(), not(UnitRepair::inDoubt))));
    new UnitReplacement(target, check, hook).run(open());
    List<UnitRepair> restored = UnitRepair.those(open(), UnitRepair::unfailed);
    journal.restored(numbers(restored));
    restored.forEach(this::restored);
    keepWhatIsAsItWas();
    for (UnitRepair unit : open()) {
      failed(unit, "it was not restored: " + NativeError.cause(unit.failure()));
    }
    return units.stream().map(UnitRepair::result).toList();
  }

  private List<UnitRepair> open() {
    return UnitRepair.those(units, UnitRepair::open);
  }

  private static List<Integer> numbers(List<UnitRepair> units) {
    return units.stream().map(UnitRepair::index).toList();
  }

  private boolean device() throws IOException {
    return file.status().type() == FileStatus.Type.CHARACTER_DEVICE;
  }

  private void fetch(RangeRestorer restorer, SafePoint safePoint) throws IOException {
    long fileEnd = device() ? Long.MAX_VALUE : file.status().size();
    for (UnitRepair unit : units) {
      safePoint.check();
      try {
        unit.fetch(restorer, fileEnd);
      } catch (IOException | RuntimeException e) {
        failed(unit, "could not obtain replacement bytes: " + NativeError.cause(e));
      }
    }
  }

  /** Finishes units that must not, or need not, be cleared. */
  private void decide(UnitRepair unit) throws IOException {
    String refusal = unit.refusal(context.allowShared);
    if (unit.doubt() != null) {
      failed(unit, unit.doubt());
    } else if (!unit.bad()) {
      unit.end(Outcome.HEALED, "it is no longer reported as bad");
    } else if (refusal != null) {
      failed(unit, refusal);
    } else if (!unit.overwrites(target) && target.noReplacement() != null) {
      refused(unit);
    }
  }

  private void restored(UnitRepair unit) {
    unit.end(unit.empty() ? Outcome.REPLACED : Outcome.RESTORED, target.remains(unit.blocks()));
    if (!unit.empty()) {
      Events.rangeRestored(file.path(), unit.blocks().offset(), unit.blocks().length());
    }
  }

  private void failed(UnitRepair unit, String message) throws IOException {
    try {
      journal.note(unit.index(), message);
    } catch (IOException e) {
      throw new IOException(
          file.path()
              + ": the range "
              + unit.blocks()
              + " failed ("
              + message
              + "), and then its journal: "
              + e.getMessage(),
          e);
    }
    unit.end(Outcome.FAILED, message);
  }

  private void refused(UnitRepair unit) {
    unit.end(Outcome.REFUSED, target.noReplacement());
  }

  /** Marks units that failed unchanged. */
  private void keepWhatIsAsItWas() throws IOException {
    List<UnitRepair> kept =
        UnitRepair.those(open(), unit -> !unit.inDoubt() && !unit.destroyed() && !unit.unfailed());
    if (kept.isEmpty() || device()) { // A dax device's bad blocks cannot be read and compared.
      return;
    }
    try (DamagedFile damaged = DamagedFile.of(file.reopen(Descriptor.Mode.READ), context.host)) {
      kept = UnitRepair.those(kept, unit -> unit.asItWas(damaged));
    } catch (IOException e) {
      return;
    }
    journal.kept(numbers(kept));
    for (UnitRepair unit : kept) {
      if (target.noReplacement() == null) {
        failed(unit, "it was not cleared: " + NativeError.cause(unit.failure()));
      } else {
        refused(unit);
      }
    }
  }
}
