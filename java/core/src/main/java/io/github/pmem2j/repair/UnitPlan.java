package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.journal.RepairUnit;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The plan of a repair, in units.
 *
 * @param verdict the verdict of the scan
 * @param units the units to clear and restore, by offset
 * @param refused the ranges that will not be changed, and why
 * @param reasons why there may be more damage than the plan has
 * @param poison whether a CXL device lists poison of the file, which it can clear in place
 */
record UnitPlan(
    Verdict verdict,
    List<RepairUnit> units,
    List<RepairedRange> refused,
    List<IncompleteReason> reasons,
    boolean poison) {
  /**
   * Plans a repair of the reported damage and of what an interrupted repair left pending.
   *
   * @param file reads what is left of the bad blocks
   */
  static UnitPlan of(
      BadBlockReport report, List<RepairUnit> inDoubt, Reader file, boolean allowShared)
      throws IOException {
    List<RepairUnit> units = new ArrayList<>(inDoubt);
    List<RepairedRange> refused = new ArrayList<>();
    for (Blocks blocks : blocks(report)) {
      // The journal has everything of a pending unit that can be saved.
      for (ByteRange rest : ranges(inDoubt).complementIn(blocks.range)) {
        if (blocks.shared && !allowShared) {
          refused.add(
              new RepairedRange(
                  rest,
                  Outcome.REFUSED,
                  "it is shared with another file: clearing it here would not repair the other"));
          continue;
        }
        for (long at = rest.offset(); at < rest.end(); at += RepairUnit.LARGEST) {
          ByteRange part = new ByteRange(at, Math.min(RepairUnit.LARGEST, rest.end() - at));
          units.add(blocks.unwritten ? nothing(part) : unit(part, file));
        }
      }
    }
    units.sort((a, b) -> Long.compare(a.blocks().offset(), b.blocks().offset()));
    return new UnitPlan(
        report.verdict(),
        List.copyOf(units),
        List.copyOf(refused),
        report.reasons(),
        ScannedHost.listsPoison(report));
  }

  private static RangeSet ranges(List<RepairUnit> units) {
    return RangeSet.copyOf(units.stream().map(RepairUnit::blocks).toList());
  }

  private static RepairUnit nothing(ByteRange blocks) {
    return new RepairUnit(blocks, RangeSet.empty(), List.of(), false);
  }

  /** Reads what is left of a range, as {@link io.github.pmem2j.repair.SalvageReader} does. */
  @FunctionalInterface
  interface Reader {
    ReadResult read(long offset, ByteBuffer target) throws IOException;
  }

  private static RepairUnit unit(ByteRange blocks, Reader file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) blocks.length());
    ReadResult salvaged = file.read(blocks.offset(), bytes);
    List<RepairUnit.Saved> saved = new ArrayList<>();
    ByteRange present = new ByteRange(blocks.offset(), salvaged.length());
    for (ByteRange good : salvaged.lost().complementIn(present)) {
      byte[] copy = new byte[(int) good.length()];
      bytes.get((int) (good.offset() - blocks.offset()), copy);
      saved.add(new RepairUnit.Saved(good.offset(), copy));
    }
    return new RepairUnit(blocks, salvaged.lost(), saved, false);
  }

  private record Blocks(ByteRange range, boolean shared, boolean unwritten) {}

  /**
   * The blocks of the bad ranges. Two ranges may share a block; adjacent blocks of the same kind
   * are joined.
   */
  private static List<Blocks> blocks(BadBlockReport report) {
    List<Blocks> all = new ArrayList<>();
    for (BadRange bad : report.badRanges()) {
      if (bad.kind() == BadRange.Kind.ZEROED) {
        continue;
      }
      ByteRange range = bad.blocks();
      boolean unwritten = bad.kind() == BadRange.Kind.UNWRITTEN;
      Blocks last = all.isEmpty() ? null : all.get(all.size() - 1);
      boolean overlaps = last != null && last.range.end() > range.offset();
      boolean touches = last != null && last.range.end() == range.offset();
      if (overlaps || (touches && last.shared == bad.shared() && last.unwritten == unwritten)) {
        long end = Math.max(last.range.end(), range.end());
        all.set(
            all.size() - 1,
            new Blocks(
                new ByteRange(last.range.offset(), end - last.range.offset()),
                last.shared || bad.shared(),
                last.unwritten && unwritten));
      } else {
        all.add(new Blocks(range, bad.shared(), unwritten));
      }
    }
    return all;
  }
}
