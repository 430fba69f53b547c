package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jfr.Events;
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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The walk of a repair: scan, plan, journal, then for each piece fetch, mark, clear, restore,
 * verify and tick off, then forget. What holds at every instant:
 *
 * <ul>
 *   <li>A block is cleared or overwritten only when the journal on the medium says so, with all the
 *       bytes of it that exist nowhere else.
 *   <li>A piece is ticked off only when the medium has given back its bytes.
 *   <li>The bytes to restore are at hand before the clearing: what cannot be restored is not
 *       cleared.
 * </ul>
 */
final class RepairRun {
  private static final int MOST_ATTEMPTS = 4;
  private static final int MOST_CLEARINGS = 64;

  private final Path path;
  private final Path directory;
  private final boolean allowShared;
  private final ScannedHost host;
  private final RepairStep.Hook hook;

  /** A walk for one file; {@code directory} is where the journal goes, or null for beside it. */
  public RepairRun(
      Path path, Path directory, boolean allowShared, ScannedHost host, RepairStep.Hook hook) {
    this.path = path;
    this.directory = directory;
    this.allowShared = allowShared;
    this.host = host;
    this.hook = hook;
  }

  /** What a run would do; writes nothing. */
  public RepairPlan plan(RangeRestorer restorer) throws IOException {
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      requireRepairable(file);
      FileIdentity identity = FileIdentity.of(file);
      restorer.check(path, identity.size());
      // Another process may be repairing: what its journal says must hold for what is scanned.
      Left left = left(file, identity);
      for (int attempt = 1; ; attempt++) {
        UnitPlan plan = plan(left.inDoubt(), file);
        Left now = left(file, identity);
        if (now.ranges().equals(left.ranges()) || attempt == MOST_ATTEMPTS) {
          return plan(plan, left.journal());
        }
        left = now;
      }
    }
  }

  private RepairPlan plan(UnitPlan plan, Path journal) {
    List<RepairPlan.Planned> ranges = new ArrayList<>();
    for (RepairUnit piece : plan.pieces()) {
      long saved = piece.saved().stream().mapToLong(s -> s.bytes().length).sum();
      ranges.add(new RepairPlan.Planned(piece.blocks(), piece.lost(), saved, piece.inDoubt()));
    }
    return new RepairPlan(path, journal, plan.verdict(), ranges, plan.refused(), plan.reasons());
  }

  /** The pieces that an interrupted run has left in doubt; none if there is no journal. */
  public List<ByteRange> unfinished() throws IOException {
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      return left(file, FileIdentity.of(file)).ranges();
    }
  }

  /** What an interrupted run has left in doubt, and the place of its journal or of a new one. */
  private record Left(Path journal, List<RepairUnit> inDoubt) {
    List<ByteRange> ranges() {
      return inDoubt.stream().map(RepairUnit::blocks).toList();
    }
  }

  private Left left(Descriptor file, FileIdentity identity) throws IOException {
    if (!isDevice(file)) {
      PendingRepair.Reader<Left> reader =
          journal -> {
            List<JournalFormat.Entry> entries = JournalReader.load(journal, identity);
            return entries == null ? null : new Left(journal, inDoubt(entries));
          };
      Left left = PendingRepair.find(file, reader);
      if (left != null) {
        return left;
      }
    }
    Path journal = JournalReader.place(path, directory);
    return new Left(
        journal, isDevice(file) ? inDoubt(JournalReader.load(journal, identity)) : List.of());
  }

  /** Destroys what is left in the bad blocks, and restores all of it; or what of it can be. */
  public RepairResult run(RangeRestorer restorer) throws IOException {
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
        return run(restorer, file, identity, left, place);
      }
    }
  }

  private RepairResult run(
      RangeRestorer restorer,
      Descriptor file,
      FileIdentity identity,
      Path left,
      JournalLocation place)
      throws IOException {
    List<JournalFormat.Entry> earlier = JournalReader.load(place, identity);
    if (earlier == null && left != null) {
      throw PendingRepair.missing(left, path);
    }
    UnitPlan plan = plan(inDoubt(earlier), file);
    List<RepairedRange> ranges = new ArrayList<>(plan.refused());
    if (!plan.pieces().isEmpty()) {
      try (RepairTarget medium = medium(file);
          JournalWriter journal =
              JournalWriter.create(place, file, identity, plan.pieces(), host, hook)) {
        mark(file, place, earlier != null);
        for (int i = 0; i < plan.pieces().size(); i++) {
          ranges.add(new Turn(i, plan, journal, medium, file).run(restorer));
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

  /** Where the journal of an interrupted repair is, or null. */
  private Path leftJournal(Descriptor file) throws IOException {
    return isDevice(file) ? null : PendingRepair.find(file, journal -> journal);
  }

  /**
   * Where the journal is. That of an interrupted repair stays where it was, whatever the file is
   * called now: what it says is lost has no other witness.
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
              + " (it holds the lock, flock(2))");
    }
  }

  private void requireBeside(Descriptor file, JournalLocation place) throws IOException {
    if (!place.holds(path.toRealPath(), file)) {
      throw new IOException(path + ": it was moved meanwhile: repair it where it is now");
    }
  }

  /** Tells the scanner where the journal is, before the first byte is cleared. */
  private void mark(Descriptor file, JournalLocation place, boolean goesOn) throws IOException {
    if (isDevice(file)) {
      return; // Its journals have but one place.
    }
    if (FileIo.setRepairMark(file, PathBytes.of(place.path()))) {
      FileIo.sync(file);
    } else if (!place.path().equals(JournalReader.place(path, null))) {
      if (!goesOn) { // Else it is all that knows of zeros.
        JournalWriter.remove(place, hook);
      }
      throw new IOException(
          path
              + ": its file system keeps no extended attributes, so nothing would lead to a journal"
              + " in another directory: let it lie beside the file");
    }
    hook.after(RepairStep.MARKED);
  }

  /** The mark first: a journal without one says of nothing that it is lost. */
  private void forget(Descriptor file, JournalLocation place) throws IOException {
    if (!isDevice(file)) {
      FileIo.removeRepairMark(file);
      FileIo.sync(file);
      hook.after(RepairStep.UNMARKED);
    }
    JournalWriter.remove(place, hook);
  }

  private UnitPlan plan(List<RepairUnit> inDoubt, Descriptor file) throws IOException {
    BadBlockReport report = host.scan(file);
    hook.after(RepairStep.SCANNED);
    UnitPlan plan;
    if (isDevice(file)) {
      plan = UnitPlan.of(report, inDoubt, DaxTarget::readBad, allowShared);
    } else {
      try (DamagedFile damaged = DamagedFile.of(file.reopen(Descriptor.Mode.READ), host)) {
        plan = UnitPlan.of(report, inDoubt, damaged::read, allowShared);
      }
    }
    hook.after(RepairStep.PLANNED);
    return plan;
  }

  private static List<RepairUnit> inDoubt(List<JournalFormat.Entry> entries) {
    return entries == null
        ? List.of()
        : entries.stream().map(JournalFormat.Entry::piece).filter(RepairUnit::inDoubt).toList();
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

  private RepairTarget medium(Descriptor file) throws IOException {
    return isDevice(file) ? new DaxTarget(file) : new FileTarget(file, host);
  }

  /** One piece on its way. */
  private final class Turn {
    private final int index;
    private final RepairUnit piece;
    private final List<IncompleteReason> known;
    private final JournalWriter journal;
    private final RepairTarget medium;
    private final Descriptor file;
    private long dataEnd;

    /** Whether blocks were punched or cleared. */
    private boolean destroyed;

    /** Why the last answer to what is bad was not a whole one, or null. */
    private String doubt;

    Turn(int index, UnitPlan plan, JournalWriter journal, RepairTarget medium, Descriptor file) {
      this.index = index;
      this.piece = plan.pieces().get(index);
      this.known = plan.reasons();
      this.journal = journal;
      this.medium = medium;
      this.file = file;
    }

    RepairedRange run(RangeRestorer restorer) throws IOException {
      // The file may have been cut off behind an interrupted repair.
      dataEnd = Math.max(piece.blocks().offset(), Math.min(piece.dataEnd(), fileEnd()));
      ByteBuffer bytes;
      try {
        bytes = fetch(restorer);
      } catch (IOException | RuntimeException e) {
        return failed("its bytes could not be had: " + NativeError.cause(e));
      }
      hook.after(RepairStep.BYTES_FETCHED);
      List<BadRange> bad = badNow(piece.blocks());
      if (!piece.inDoubt()) {
        if (doubt != null) {
          return failed(doubt);
        }
        if (bad.isEmpty()) {
          return new RepairedRange(
              piece.blocks(), Outcome.HEALED, "it is no longer reported as bad");
        }
        String refusal = refusal(bad);
        if (refusal != null) {
          return failed(refusal);
        }
        if (!medium.overwrites(piece.blocks(), bytes.limit()) && medium.noReplacement() != null) {
          return refused();
        }
        journal.clearing(index);
      }
      try {
        replaceAndVerify(bytes, !bad.isEmpty());
      } catch (IOException e) {
        if (!piece.inDoubt() && !destroyed && asItWas(bytes)) {
          journal.kept(index);
          return medium.noReplacement() == null
              ? failed("it was not cleared: " + NativeError.cause(e))
              : refused();
        }
        return failed("it was not restored: " + NativeError.cause(e));
      }
      journal.restored(index);
      Outcome outcome = piece.empty() ? Outcome.REPLACED : Outcome.RESTORED;
      if (outcome == Outcome.RESTORED) {
        Events.rangeRestored(path, piece.blocks().offset(), piece.blocks().length());
      }
      return new RepairedRange(piece.blocks(), outcome, "");
    }

    private long fileEnd() throws IOException {
      FileStatus status = file.status();
      return status.type() == FileStatus.Type.REGULAR ? status.size() : Long.MAX_VALUE;
    }

    private RepairedRange failed(String message) throws IOException {
      try {
        journal.note(index, message);
      } catch (IOException e) {
        throw new IOException(
            path
                + ": the range "
                + piece.blocks()
                + " failed ("
                + message
                + "), and then its journal: "
                + e.getMessage(),
            e);
      }
      return new RepairedRange(piece.blocks(), Outcome.FAILED, message);
    }

    private RepairedRange refused() {
      return new RepairedRange(
          piece.blocks(),
          Outcome.REFUSED,
          medium.noReplacement()
              + ", so clearing would lose what can still be read: salvage the file to another and"
              + " put that in its place");
    }

    /** Whether all that could be read can be, and nothing else can but what was to be written. */
    private boolean asItWas(ByteBuffer bytes) {
      ByteBuffer now = ByteBuffer.allocate(bytes.limit());
      Salvaged salvaged;
      try {
        if (isDevice(file)) {
          return false; // Its bad blocks cannot be read and compared.
        }
      } catch (IOException e) {
        return false;
      }
      try (DamagedFile damaged = DamagedFile.of(file.reopen(Descriptor.Mode.READ), host)) {
        salvaged = damaged.readMedium(piece.blocks().offset(), now);
      } catch (IOException e) {
        return false;
      }
      if (salvaged.length() != bytes.limit()) {
        return false;
      }
      for (ByteRange lost : salvaged.lost()) {
        if (!piece.lost().contains(lost)) {
          return false;
        }
        int from = (int) (lost.offset() - piece.blocks().offset());
        now.put(from, bytes, from, (int) lost.length());
      }
      return now.flip().equals(bytes.rewind());
    }

    /** What the device says is bad in these blocks now, and the doubt that there may be more. */
    private List<BadRange> badNow(ByteRange blocks) throws IOException {
      BadBlockReport report = host.scan(file);
      List<BadRange> bad =
          report.badRanges().stream()
              .filter(range -> !range.device().isEmpty()) // else it is only in the journal
              .filter(range -> range.blocks().intersects(blocks))
              .toList();
      doubt =
          report.reasons().stream()
              .filter(reason -> !known.contains(reason))
              .findFirst()
              .map(reason -> "what of it is bad cannot be told any more: " + reason.message())
              .orElse(null);
      return bad;
    }

    /** Why it may not be cleared although it was planned, or null. */
    private String refusal(List<BadRange> bad) {
      RangeSet now = RangeSet.copyOf(bad.stream().map(BadRange::blocks).toList());
      if (!now.contains(piece.blocks())) {
        return "less of it is bad than was planned for: repair again";
      }
      if (!allowShared && bad.stream().anyMatch(BadRange::shared)) {
        return "it is shared with another file by now";
      }
      if (piece.empty() && bad.stream().anyMatch(b -> b.kind() == BadRange.Kind.DATA)) {
        return "data was written to it: repair again";
      }
      return null;
    }

    /** All bytes of the file in the blocks, from the start of the blocks on. */
    private ByteBuffer fetch(RangeRestorer restorer) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate((int) piece.blocks().length());
      for (RepairUnit.Saved saved : piece.saved()) {
        bytes.put((int) (saved.offset() - piece.blocks().offset()), saved.bytes());
      }
      for (ByteRange lost : piece.lost()) {
        int from = (int) (lost.offset() - piece.blocks().offset());
        ByteBuffer target = bytes.slice(from, (int) lost.length());
        restorer.restore(lost, target);
        if (target.hasRemaining()) {
          throw new IOException("the restorer left out " + target.remaining() + " bytes");
        }
      }
      return bytes.limit((int) (dataEnd - piece.blocks().offset()));
    }

    /** What was healthy may turn out bad on writing; then the scan knows it too. */
    private void replaceAndVerify(ByteBuffer bytes, boolean badBefore) throws IOException {
      boolean bad = badBefore;
      for (int attempt = 1; ; attempt++) {
        try {
          replace(bytes, bad);
          hook.after(RepairStep.SYNCED);
          verify(bytes);
          hook.after(RepairStep.VERIFIED);
          return;
        } catch (IOException e) {
          bad = !badNow(piece.blocks()).isEmpty();
          if (!bad || attempt == MOST_ATTEMPTS) {
            throw e;
          }
        }
      }
    }

    private void replace(ByteBuffer bytes, boolean bad) throws IOException {
      if (!bad || !overwrite(bytes)) {
        if (!bad) {
          medium.allocate(piece.blocks(), hook); // an interrupted repair may have left a hole
        }
        clear();
        medium.write(piece.blocks().offset(), bytes.rewind());
        hook.after(RepairStep.RESTORED);
      }
      medium.sync();
    }

    /**
     * Blocks that were freed come back when the file system has committed that, and bad ones that
     * were freed earlier are as good to it as any. So each attempt takes more blocks, one after the
     * other and without a pause, than the one before.
     */
    private void clear() throws IOException {
      for (int i = 1; !badNow(piece.blocks()).isEmpty(); i++) {
        if (i > MOST_CLEARINGS) {
          throw new IOException("the file system has nothing but bad blocks in its place");
        }
        if (medium.noReplacement() != null) {
          throw new IOException(medium.noReplacement());
        }
        for (int j = 0; j < i; j++) {
          destroyed = true;
          medium.clear(piece.blocks(), hook);
        }
      }
    }

    private boolean overwrite(ByteBuffer bytes) throws IOException {
      if (!medium.overwrites(piece.blocks(), bytes.limit())
          || !medium.overwrite(piece.blocks(), bytes.rewind())) {
        return false;
      }
      hook.after(RepairStep.OVERWRITTEN);
      return badNow(piece.blocks()).isEmpty();
    }

    private void verify(ByteBuffer bytes) throws IOException {
      List<BadRange> bad = badNow(piece.blocks());
      if (!bad.isEmpty()) {
        throw new IOException("the blocks in its place are bad too: " + bad);
      }
      byte[] read = medium.readBack(piece.blocks().offset(), bytes.limit());
      if (!ByteBuffer.wrap(read).equals(bytes.rewind())) {
        throw new IOException("it does not read back as written");
      }
      if (doubt != null) { // Its bytes are there all the same.
        throw new IOException(doubt);
      }
    }
  }
}
