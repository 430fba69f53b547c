package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.journal.FileIdentity;
import io.github.pmem2j.internal.journal.JournalFormat;
import io.github.pmem2j.internal.journal.JournalLocation;
import io.github.pmem2j.internal.journal.JournalReader;
import io.github.pmem2j.internal.journal.PendingRepair;
import io.github.pmem2j.internal.journal.RepairUnit;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Runs a repair: scan, plan, journal; for each batch of units fetch, mark, clear, restore, verify
 * and record; then remove the journal. The invariants:
 *
 * <ul>
 *   <li>A block is cleared or overwritten only after the journal on the medium announces that and
 *       holds all of its bytes that exist nowhere else.
 *   <li>A unit is marked as restored only when the medium has returned its bytes.
 *   <li>The bytes to restore are available before the clearing: a unit that cannot be restored is
 *       not cleared.
 * </ul>
 */
final class RepairRun {
  private static final int MAX_ATTEMPTS = 4;

  private final Path path;
  private final Path directory;
  private final boolean allowShared;
  private final ScannedHost host;
  private final RepairStep.Hook hook;
  private final int maxUnits;

  /** A run for one file; {@code directory} is that of the journal, or null for the file's own. */
  public RepairRun(
      Path path, Path directory, boolean allowShared, ScannedHost host, RepairStep.Hook hook) {
    this(path, directory, allowShared, host, hook, BatchRepair.MAX_UNITS);
  }

  private RepairRun(
      Path path,
      Path directory,
      boolean allowShared,
      ScannedHost host,
      RepairStep.Hook hook,
      int maxUnits) {
    this.path = path;
    this.directory = directory;
    this.allowShared = allowShared;
    this.host = host;
    this.hook = hook;
    this.maxUnits = maxUnits;
  }

  /** The same run with fewer units in a batch. */
  RepairRun inBatchesOf(int units) {
    return new RepairRun(path, directory, allowShared, host, hook, units);
  }

  /** Makes the plan of a run. Writes nothing. */
  public RepairPlan plan(RangeRestorer restorer) throws IOException {
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      requireRepairable(file);
      FileIdentity identity = FileIdentity.of(file);
      restorer.check(path, identity.size());
      // Another process may be repairing the file; its journal must match what is scanned.
      UnfinishedRepair left = left(file, identity);
      for (int attempt = 1; ; attempt++) {
        UnitPlan plan = plan(left.inDoubt(), file);
        UnfinishedRepair now = left(file, identity);
        if (now.ranges().equals(left.ranges()) || attempt == MAX_ATTEMPTS) {
          return new RepairPlan(path, left.journal(), plan);
        }
        left = now;
      }
    }
  }

  /**
   * The units that an interrupted run left in doubt, and the location of its journal or a new one.
   */
  private record UnfinishedRepair(Path journal, List<RepairUnit> inDoubt) {
    List<ByteRange> ranges() {
      return inDoubt.stream().map(RepairUnit::blocks).toList();
    }
  }

  private UnfinishedRepair left(Descriptor file, FileIdentity identity) throws IOException {
    if (!isDevice(file)) {
      PendingRepair.Reader<UnfinishedRepair> reader =
          journal -> {
            List<JournalFormat.Entry> entries = JournalReader.load(journal, identity);
            return entries == null ? null : new UnfinishedRepair(journal, inDoubt(entries));
          };
      UnfinishedRepair left = PendingRepair.find(file, reader);
      if (left != null) {
        return left;
      }
    }
    Path journal = JournalReader.place(path, directory);
    return new UnfinishedRepair(
        journal, isDevice(file) ? inDoubt(JournalReader.load(journal, identity)) : List.of());
  }

  /** Runs without a listener. */
  public RepairResult run(RangeRestorer restorer) throws IOException {
    return run(restorer, ProgressListener.none());
  }

  /** Clears the bad blocks and restores all bytes in them that can be restored. */
  public RepairResult run(RangeRestorer restorer, ProgressListener listener) throws IOException {
    RepairProgress progress = new RepairProgress(path, listener);
    if (restorer instanceof Replica replica) {
      try (Replica.Open open = new Replica.Open(replica.path())) {
        return repair(open, progress);
      }
    }
    return repair(restorer, progress);
  }

  private RepairResult repair(RangeRestorer restorer, RepairProgress progress) throws IOException {
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE)) {
      requireAlone(FileIo.tryLock(file), "it");
      requireRepairable(file);
      FileIdentity identity = FileIdentity.of(file);
      restorer.check(path, identity.size());
      Path left = leftJournal(file);
      boolean device = isDevice(file);
      try (JournalLocation place =
          device ? JournalLocation.ofDevice(place(left)) : new JournalLocation(place(left))) {
        if (device) {
          requireAlone(place.tryLock(), "a dax device");
        } else if (left == null && directory == null) {
          requireBeside(file, place);
        }
        return run(restorer, progress, file, identity, left, place);
      }
    }
  }

  private RepairResult run(
      RangeRestorer restorer,
      RepairProgress progress,
      Descriptor file,
      FileIdentity identity,
      Path left,
      JournalLocation place)
      throws IOException {
    List<JournalFormat.Entry> earlier = JournalReader.load(place, identity);
    if (earlier == null && left != null) {
      throw PendingRepair.missing(left, path);
    }
    if (left == null && !isDevice(file) && !inDoubt(earlier).isEmpty()) {
      throw unmarked(place);
    }
    UnitPlan plan = plan(inDoubt(earlier), file);
    progress.begin(plan);
    List<RepairedRange> ranges = new ArrayList<>(plan.refused());
    if (!plan.units().isEmpty()) {
      try (RepairTarget medium = medium(file, plan);
          JournalWriter journal =
              JournalWriter.create(
                  place, earlier != null, file, identity, plan.units(), host, hook)) {
        if (!isDevice(file)) { // Its journals have only one location.
          RepairMark.set(file, place, earlier != null, hook);
        }
        var context = new BatchRepair.Context(file, allowShared, host, hook, journal, medium, plan);
        for (int from = 0, to; from < plan.units().size(); from = to) {
          to = BatchRepair.end(plan, from, maxUnits);
          BatchRepair batch = new BatchRepair(from, to, context);
          ranges.addAll(batch.run(restorer, () -> progress.beforeUnit(place.path())));
          ranges.subList(ranges.size() - (to - from), ranges.size()).forEach(progress::after);
        }
        if (ranges.stream().noneMatch(range -> range.outcome() == Outcome.FAILED)) {
          forget(file, place);
        }
      }
    } else if (earlier != null) {
      forget(file, place);
    }
    ranges.sort(Comparator.comparingLong(range -> range.blocks().offset()));
    return new RepairResult(ranges, plan.reasons());
  }

  /** The journal of an interrupted repair, or null. */
  private Path leftJournal(Descriptor file) throws IOException {
    return isDevice(file) ? null : PendingRepair.find(file, journal -> journal);
  }

  /**
   * The location of the journal. That of an interrupted repair stays in place, even if the file was
   * renamed: nothing else records what is lost.
   */
  private Path place(Path left) throws IOException {
    return left == null ? JournalReader.place(path, directory) : left;
  }

  private void requireAlone(boolean locked, String what) throws IOException {
    if (!locked) {
      throw new IOException(
          path
              + ": another process or thread is repairing "
              + what
              + ", or copying from it (it holds the lock, flock(2))");
    }
  }

  private void requireBeside(Descriptor file, JournalLocation place) throws IOException {
    if (!place.holds(path.toRealPath(), file)) {
      throw new IOException(path + ": it was renamed meanwhile: repair it by its new path");
    }
  }

  /** A copy of the whole file system has a file of the same name, inode and generation. */
  private RepairJournalException unmarked(JournalLocation place) {
    return new RepairJournalException(
        place.path(),
        "it lists bytes as missing, but "
            + path
            + " has no attribute user.pmem2j.repair that names it, so it may be that of a copy of"
            + " its file system: keep the journal in another directory, or, if it is of this file,"
            + " set that attribute to its path (setfattr) and repair again");
  }

  /** Removes the attribute first: without it, the journal lists nothing as lost. */
  private void forget(Descriptor file, JournalLocation place) throws IOException {
    if (!isDevice(file)) {
      RepairMark.remove(file, hook);
    }
    JournalWriter.remove(place, hook);
  }

  private UnitPlan plan(List<RepairUnit> inDoubt, Descriptor file) throws IOException {
    BadBlockReport report = host.scan(file);
    hook.after(RepairStep.SCANNED);
    UnitPlan plan;
    if (isDevice(file)) {
      plan = UnitPlan.of(report, inDoubt, cancellable(DaxTarget::readBad), allowShared);
    } else {
      try (DamagedFile damaged = DamagedFile.of(file.reopen(Descriptor.Mode.READ), host, report)) {
        plan = UnitPlan.of(report, inDoubt, cancellable(damaged::read), allowShared);
      }
    }
    hook.after(RepairStep.PLANNED);
    return plan;
  }

  /** Reads the bad blocks, before anything is changed. */
  private UnitPlan.Reader cancellable(UnitPlan.Reader reader) {
    LongWork work = new LongWork("repair", path, ProgressListener.none());
    return (offset, target) -> {
      work.checkBegin();
      return reader.read(offset, target);
    };
  }

  private static List<RepairUnit> inDoubt(List<JournalFormat.Entry> entries) {
    return entries == null
        ? List.of()
        : entries.stream().map(JournalFormat.Entry::unit).filter(RepairUnit::inDoubt).toList();
  }

  private void requireRepairable(Descriptor file) throws IOException {
    FileStatus.Type type = file.status().type();
    if (type != FileStatus.Type.REGULAR && type != FileStatus.Type.CHARACTER_DEVICE) {
      throw NativeError.invalidType(
          "repair",
          path,
          "only regular files and dax devices can be repaired, not a " + type.words());
    }
  }

  private static boolean isDevice(Descriptor file) throws IOException {
    return file.status().type() == FileStatus.Type.CHARACTER_DEVICE;
  }

  private RepairTarget medium(Descriptor file, UnitPlan plan) throws IOException {
    return isDevice(file) ? new DaxTarget(file, host) : new FileTarget(file, host, plan.poison());
  }
}
