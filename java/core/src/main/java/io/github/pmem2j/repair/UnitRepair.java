package io.github.pmem2j.repair;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.journal.RepairUnit;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;

/** A unit of a {@link BatchRepair}: its bytes and its progress. */
final class UnitRepair {
  private final int index;
  private final RepairUnit unit;
  private ByteBuffer bytes;
  private List<BadRange> bad = List.of();
  private String doubt;
  private IOException failure;
  private boolean destroyed;
  private boolean grown;
  private RepairedRange result;

  UnitRepair(int index, RepairUnit unit) {
    this.index = index;
    this.unit = unit;
  }

  /** The units that a predicate holds for. */
  static List<UnitRepair> those(List<UnitRepair> units, Predicate<UnitRepair> which) {
    return units.stream().filter(which).toList();
  }

  /** Its number in the journal. */
  int index() {
    return index;
  }

  ByteRange blocks() {
    return unit.blocks();
  }

  /** Whether zeros may be there already. */
  boolean inDoubt() {
    return unit.inDoubt();
  }

  /** Whether the blocks hold nothing of the file. */
  boolean empty() {
    return unit.empty();
  }

  /**
   * Gets all bytes of the file in the blocks, from the start of the blocks on.
   *
   * @param fileEnd where the file ends now: it may have been truncated after an interrupted repair
   */
  void fetch(RangeRestorer restorer, long fileEnd) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) blocks().length());
    for (RepairUnit.Saved saved : unit.saved()) {
      all.put((int) (saved.offset() - blocks().offset()), saved.bytes());
    }
    for (ByteRange lost : unit.lost().intersect(ByteRange.between(0, fileEnd))) {
      int from = (int) (lost.offset() - blocks().offset());
      ByteBuffer target = all.slice(from, (int) lost.length());
      restorer.restore(lost, target);
      long missing = lost.length() - target.position(); // It may have set the limit.
      if (missing != 0) {
        throw new IOException("the restorer left out " + missing + " bytes");
      }
    }
    grown = !unit.empty() && unit.dataEnd() < Math.min(fileEnd, blocks().end());
    long dataEnd = Math.max(blocks().offset(), Math.min(unit.dataEnd(), fileEnd));
    bytes = all.limit((int) (dataEnd - blocks().offset()));
  }

  /** All bytes of the file in the blocks, from the first on. */
  ByteBuffer bytes() {
    return bytes.rewind();
  }

  /** Whether a write over its blocks may clear them. */
  boolean overwrites(RepairTarget target) {
    return target.overwrites(blocks(), bytes.limit());
  }

  /** Sets what the devices list, and why that may not be all, or null. */
  void found(List<BadRange> nowBad, String nowDoubt) {
    bad = nowBad;
    doubt = nowDoubt;
  }

  boolean bad() {
    return !bad.isEmpty();
  }

  /** Why the last query of the devices was incomplete, or null. */
  String doubt() {
    return doubt;
  }

  /** Whether clearing it would lose bytes by which the file has grown since the plan was made. */
  boolean losesGrowth() {
    return grown && bad();
  }

  /** Why it must not be cleared although that was planned, or null. */
  String refusal(boolean allowShared) {
    RangeSet now = RangeSet.copyOf(bad.stream().map(BadRange::blocks).toList());
    if (!now.contains(blocks())) {
      return "less of it is bad than was planned for: repair again";
    }
    if (!allowShared && bad.stream().anyMatch(BadRange::shared)) {
      return "it is shared with another file by now";
    }
    if (empty() && bad.stream().anyMatch(b -> b.kind() == BadRange.Kind.DATA)) {
      return "data was written to it: repair again";
    }
    return null;
  }

  /** Notes that its blocks may hold zeros from now on. */
  void destroy() {
    destroyed = true;
  }

  boolean destroyed() {
    return destroyed;
  }

  /** Why it is not restored yet, or null. */
  IOException failure() {
    return failure;
  }

  boolean unfailed() {
    return failure == null;
  }

  void fail(IOException e) {
    failure = e == null ? null : SpaceTrial.advised(e);
  }

  /** Called before another attempt. */
  void tryAgain() {
    failure = null;
  }

  /** Fails unless the medium has its bytes, in healthy blocks only. */
  void verify(RepairTarget target) {
    try {
      if (bad()) {
        throw new IOException("the blocks in its place are bad too: " + bad);
      }
      byte[] read = target.readBack(blocks().offset(), bytes.limit());
      if (!ByteBuffer.wrap(read).equals(bytes())) {
        throw new IOException("it does not read back as written");
      }
      if (doubt != null) { // It has the right bytes in any case.
        throw new IOException(doubt);
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /** Whether the medium holds either its old bytes or the new ones, and nothing else. */
  boolean asItWas(DamagedFile damaged) {
    ByteBuffer now = ByteBuffer.allocate(bytes.limit());
    ReadResult salvaged;
    try {
      salvaged = damaged.readMedium(blocks().offset(), now);
    } catch (IOException e) {
      return false;
    }
    for (ByteRange lost : salvaged.lost()) {
      if (!unit.lost().contains(lost)) {
        return false;
      }
      int from = (int) (lost.offset() - blocks().offset());
      now.put(from, bytes, from, (int) lost.length());
    }
    return now.flip().equals(bytes());
  }

  /** Whether it has no outcome yet. */
  boolean open() {
    return result == null;
  }

  void end(Outcome outcome, String message) {
    result = new RepairedRange(blocks(), outcome, message);
  }

  RepairedRange result() {
    return result;
  }
}
