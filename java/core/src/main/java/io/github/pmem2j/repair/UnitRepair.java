package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jfr.Events;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.journal.RepairUnit;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Repairs one unit: fetches its bytes, marks it, clears, restores, verifies and ticks it off. */
final class UnitRepair {
  private static final int MAX_ATTEMPTS = 4;
  private static final int MAX_CLEARINGS = 64;

  private final int index;
  private final RepairUnit unit;
  private final List<IncompleteReason> known;
  private final Context context;
  private final Descriptor file;
  private final JournalWriter journal;
  private final RepairTarget target;
  private final RepairStep.Hook hook;
  private long dataEnd;

  /** Whether blocks were punched or cleared. */
  private boolean destroyed;

  /** Why the last answer to what is bad was not a whole one, or null. */
  private String doubt;

  /** What the units of one run share. */
  record Context(
      Descriptor file,
      boolean allowShared,
      ScannedHost host,
      RepairStep.Hook hook,
      JournalWriter journal,
      RepairTarget target) {}

  UnitRepair(int index, UnitPlan plan, Context context) {
    this.index = index;
    this.unit = plan.units().get(index);
    this.known = plan.reasons();
    this.context = context;
    this.file = context.file;
    this.journal = context.journal;
    this.target = context.target;
    this.hook = context.hook;
  }

  RepairedRange run(RangeRestorer restorer) throws IOException {
    // The file may have been cut off behind an interrupted repair.
    dataEnd = Math.max(unit.blocks().offset(), Math.min(unit.dataEnd(), fileEnd()));
    ByteBuffer bytes;
    try {
      bytes = fetch(restorer);
    } catch (IOException | RuntimeException e) {
      return failed("its bytes could not be had: " + NativeError.cause(e));
    }
    hook.after(RepairStep.BYTES_FETCHED);
    List<BadRange> bad = badNow();
    if (!unit.inDoubt()) {
      if (doubt != null) {
        return failed(doubt);
      }
      if (bad.isEmpty()) {
        return new RepairedRange(unit.blocks(), Outcome.HEALED, "it is no longer reported as bad");
      }
      String refusal = refusal(bad);
      if (refusal != null) {
        return failed(refusal);
      }
      if (!target.overwrites(unit.blocks(), bytes.limit()) && target.noReplacement() != null) {
        return refused();
      }
      journal.clearing(index);
    }
    try {
      replaceAndVerify(bytes, !bad.isEmpty());
    } catch (IOException e) {
      if (!unit.inDoubt() && !destroyed && asItWas(bytes)) {
        journal.kept(index);
        return target.noReplacement() == null
            ? failed("it was not cleared: " + NativeError.cause(e))
            : refused();
      }
      return failed("it was not restored: " + NativeError.cause(e));
    }
    journal.restored(index);
    Outcome outcome = unit.empty() ? Outcome.REPLACED : Outcome.RESTORED;
    if (outcome == Outcome.RESTORED) {
      Events.rangeRestored(file.path(), unit.blocks().offset(), unit.blocks().length());
    }
    return new RepairedRange(unit.blocks(), outcome, "");
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
          file.path()
              + ": the range "
              + unit.blocks()
              + " failed ("
              + message
              + "), and then its journal: "
              + e.getMessage(),
          e);
    }
    return new RepairedRange(unit.blocks(), Outcome.FAILED, message);
  }

  private RepairedRange refused() {
    return new RepairedRange(
        unit.blocks(),
        Outcome.REFUSED,
        target.noReplacement()
            + ", so clearing would lose what can still be read: salvage the file to another and"
            + " put that in its place");
  }

  /** Whether all that could be read can be, and nothing else can but what was to be written. */
  private boolean asItWas(ByteBuffer bytes) {
    ByteBuffer now = ByteBuffer.allocate(bytes.limit());
    SalvageResult salvaged;
    try {
      if (file.status().type() == FileStatus.Type.CHARACTER_DEVICE) {
        return false; // Its bad blocks cannot be read and compared.
      }
    } catch (IOException e) {
      return false;
    }
    try (DamagedFile damaged = DamagedFile.of(file.reopen(Descriptor.Mode.READ), context.host)) {
      salvaged = damaged.readMedium(unit.blocks().offset(), now);
    } catch (IOException e) {
      return false;
    }
    if (salvaged.length() != bytes.limit()) {
      return false;
    }
    for (ByteRange lost : salvaged.lost()) {
      if (!unit.lost().contains(lost)) {
        return false;
      }
      int from = (int) (lost.offset() - unit.blocks().offset());
      now.put(from, bytes, from, (int) lost.length());
    }
    return now.flip().equals(bytes.rewind());
  }

  /** What the device says is bad in these blocks now, and the doubt that there may be more. */
  private List<BadRange> badNow() throws IOException {
    BadBlockReport report = context.host.listed(file, unit.blocks());
    List<BadRange> bad =
        report.badRanges().stream()
            .filter(range -> !range.device().isEmpty()) // else it is only in a journal
            .filter(range -> range.blocks().intersects(unit.blocks()))
            .toList();
    doubt =
        report.reasons().stream()
            .filter(reason -> !known.contains(reason))
            .findFirst()
            .map(IncompleteReason::message)
            .or(this::journalLost)
            .map(reason -> "which of it is bad is no longer known: " + reason)
            .orElse(null);
    return bad;
  }

  /** Why a scan could not find the journal, should this run be interrupted. */
  private Optional<String> journalLost() {
    try {
      if (file.status().type() == FileStatus.Type.REGULAR) {
        journal.checkFound(file);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Why it may not be cleared although it was planned, or null. */
  private String refusal(List<BadRange> bad) {
    RangeSet now = RangeSet.copyOf(bad.stream().map(BadRange::blocks).toList());
    if (!now.contains(unit.blocks())) {
      return "less of it is bad than was planned for: repair again";
    }
    if (!context.allowShared && bad.stream().anyMatch(BadRange::shared)) {
      return "it is shared with another file by now";
    }
    if (unit.empty() && bad.stream().anyMatch(b -> b.kind() == BadRange.Kind.DATA)) {
      return "data was written to it: repair again";
    }
    return null;
  }

  /** All bytes of the file in the blocks, from the start of the blocks on. */
  private ByteBuffer fetch(RangeRestorer restorer) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) unit.blocks().length());
    for (RepairUnit.Saved saved : unit.saved()) {
      bytes.put((int) (saved.offset() - unit.blocks().offset()), saved.bytes());
    }
    for (ByteRange lost : unit.lost()) {
      int from = (int) (lost.offset() - unit.blocks().offset());
      ByteBuffer target = bytes.slice(from, (int) lost.length());
      restorer.restore(lost, target);
      if (target.hasRemaining()) {
        throw new IOException("the restorer left out " + target.remaining() + " bytes");
      }
    }
    return bytes.limit((int) (dataEnd - unit.blocks().offset()));
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
        bad = !badNow().isEmpty();
        if (!bad || attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void replace(ByteBuffer bytes, boolean bad) throws IOException {
    if (!bad || !overwrite(bytes)) {
      if (!bad) {
        target.allocate(unit.blocks(), hook); // an interrupted repair may have left a hole
      }
      clear();
      target.write(unit.blocks().offset(), bytes.rewind());
      hook.after(RepairStep.RESTORED);
    }
    target.sync();
  }

  /**
   * Blocks that were freed come back when the file system has committed that, and bad ones that
   * were freed earlier are as good to it as any. So each attempt takes more blocks, one after the
   * other and without a pause, than the one before.
   */
  private void clear() throws IOException {
    for (int i = 1; !badNow().isEmpty(); i++) {
      if (i > MAX_CLEARINGS) {
        throw new IOException("the file system has nothing but bad blocks in its place");
      }
      if (target.noReplacement() != null) {
        throw new IOException(target.noReplacement());
      }
      for (int j = 0; j < i; j++) {
        destroyed = true;
        target.clear(unit.blocks(), hook);
      }
    }
  }

  private boolean overwrite(ByteBuffer bytes) throws IOException {
    if (!target.overwrites(unit.blocks(), bytes.limit())
        || !target.overwrite(unit.blocks(), bytes.rewind())) {
      return false;
    }
    hook.after(RepairStep.OVERWRITTEN);
    return badNow().isEmpty();
  }

  private void verify(ByteBuffer bytes) throws IOException {
    List<BadRange> bad = badNow();
    if (!bad.isEmpty()) {
      throw new IOException("the blocks in its place are bad too: " + bad);
    }
    byte[] read = target.readBack(unit.blocks().offset(), bytes.limit());
    if (!ByteBuffer.wrap(read).equals(bytes.rewind())) {
      throw new IOException("it does not read back as written");
    }
    if (doubt != null) { // Its bytes are there all the same.
      throw new IOException(doubt);
    }
  }
}
