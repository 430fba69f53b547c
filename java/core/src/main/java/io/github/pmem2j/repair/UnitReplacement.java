package io.github.pmem2j.repair;

import static java.util.function.Predicate.not;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gives the units of a batch healthy blocks with their bytes: one sync and one check for all. */
final class UnitReplacement {
  private static final int MAX_ATTEMPTS = 4;
  private static final int MAX_CLEARINGS = 64;

  private final RepairTarget target;
  private final UnitCheck check;
  private final RepairStep.Hook hook;

  /** Whether nothing has been changed since the devices were last queried. */
  private boolean current;

  UnitReplacement(RepairTarget target, UnitCheck check, RepairStep.Hook hook) {
    this.target = target;
    this.check = check;
    this.hook = hook;
  }

  private static List<ByteRange> blocks(List<UnitRepair> units) {
    return units.stream().map(UnitRepair::blocks).toList();
  }

  /**
   * Restores all units, which have just been checked; those that it cannot restore get a failure. A
   * healthy block may turn out to be bad when it is written; the devices then list it, too.
   */
  void run(List<UnitRepair> units) {
    List<UnitRepair> left = units;
    for (int attempt = 1; attempt <= MAX_ATTEMPTS && !left.isEmpty(); attempt++) {
      left.forEach(UnitRepair::tryAgain);
      replace(left);
      verify(UnitRepair.those(left, UnitRepair::unfailed));
      left = UnitRepair.those(left, not(UnitRepair::unfailed));
      try {
        check.run(left);
      } catch (IOException e) {
        return; // They have failed, and whether another attempt would help is unknown.
      }
      left = UnitRepair.those(left, UnitRepair::bad);
    }
  }

  private void replace(List<UnitRepair> all) {
    List<UnitRepair> rest = new ArrayList<>(all);
    current = true;
    rest.removeAll(
        overwritten(UnitRepair.those(all, unit -> unit.bad() && unit.overwrites(target))));
    for (UnitRepair unit : UnitRepair.those(rest, not(UnitRepair::bad))) {
      current = false;
      try {
        target.allocate(unit.blocks(), hook); // an interrupted repair may have left a hole
      } catch (IOException e) {
        unit.fail(e);
      }
    }
    clear(UnitRepair.those(rest, UnitRepair::unfailed));
    rest.removeIf(not(UnitRepair::unfailed));
    if (!rest.isEmpty()) {
      write(rest);
    }
    hook.after(RepairStep.SYNCED);
  }

  /** Writes over bad blocks, and returns the units that this has made healthy. */
  private List<UnitRepair> overwritten(List<UnitRepair> bad) {
    List<UnitRepair> written = new ArrayList<>();
    for (UnitRepair unit : bad) {
      try {
        if (target.overwrite(unit.blocks(), unit.bytes())) {
          written.add(unit);
        }
      } catch (IOException e) {
        unit.fail(e);
      }
    }
    if (written.isEmpty()) {
      return written;
    }
    try {
      target.sync();
      hook.after(RepairStep.OVERWRITTEN);
      check.run(written);
    } catch (IOException e) {
      if (FileIo.isMediaError(e)) { // The error does not say which of them it concerns.
        current = false;
        return List.of();
      }
      written.forEach(unit -> unit.fail(e));
    }
    return UnitRepair.those(written, not(UnitRepair::bad));
  }

  /**
   * Freed blocks, also bad ones, can be allocated again once the file system has committed. So each
   * attempt allocates more blocks than the one before, in quick succession.
   */
  private void clear(List<UnitRepair> all) {
    List<UnitRepair> bad = current ? bad(all) : stillBad(all);
    for (int i = 1; !bad.isEmpty(); i++) {
      String reason =
          i > MAX_CLEARINGS
              ? "the file system offers nothing but bad blocks in its place"
              : target.noReplacement();
      if (reason != null) {
        bad.forEach(unit -> unit.fail(new IOException(reason)));
        return;
      }
      bad = withSpace(bad);
      bad.forEach(UnitRepair::destroy);
      for (int j = 0; j < i; j++) {
        Map<ByteRange, IOException> failures = target.clear(blocks(bad), hook);
        bad.forEach(unit -> unit.fail(failures.get(unit.blocks())));
        bad = UnitRepair.those(bad, UnitRepair::unfailed);
      }
      bad = stillBad(bad);
    }
  }

  /** Fails those that would be left without blocks, before anything in them is destroyed. */
  private List<UnitRepair> withSpace(List<UnitRepair> bad) {
    List<UnitRepair> whole = UnitRepair.those(bad, not(UnitRepair::destroyed));
    if (!whole.isEmpty()) {
      Map<ByteRange, IOException> failures = target.noSpace(blocks(whole));
      whole.forEach(unit -> unit.fail(failures.get(unit.blocks())));
    }
    return UnitRepair.those(bad, UnitRepair::unfailed);
  }

  private List<UnitRepair> stillBad(List<UnitRepair> all) {
    try {
      check.run(all);
    } catch (IOException e) {
      for (UnitRepair unit : all) {
        if (unit.destroyed()) { // It is written in any case.
          unit.found(List.of(), NativeError.cause(e));
        } else {
          unit.fail(e);
        }
      }
    }
    return bad(all);
  }

  private static List<UnitRepair> bad(List<UnitRepair> all) {
    return UnitRepair.those(all, unit -> unit.unfailed() && unit.bad());
  }

  /** Writes to healthy blocks, and syncs. */
  private void write(List<UnitRepair> healthy) {
    for (UnitRepair unit : healthy) {
      try {
        target.write(unit.blocks().offset(), unit.bytes());
        hook.after(RepairStep.RESTORED);
      } catch (IOException e) {
        unit.fail(e);
      }
    }
    try {
      target.sync();
    } catch (IOException e) {
      UnitRepair.those(healthy, UnitRepair::unfailed).forEach(this::writeAlone);
    }
  }

  /** After a failed sync it is unknown which of many writes is not on the medium. */
  private void writeAlone(UnitRepair unit) {
    try {
      target.write(unit.blocks().offset(), unit.bytes());
      target.sync();
    } catch (IOException e) {
      unit.fail(e);
    }
  }

  private void verify(List<UnitRepair> written) {
    try {
      check.run(written);
    } catch (IOException e) {
      written.forEach(unit -> unit.fail(e));
      return;
    }
    for (UnitRepair unit : written) {
      unit.verify(target);
      if (unit.unfailed()) {
        hook.after(RepairStep.VERIFIED);
      }
    }
  }
}
