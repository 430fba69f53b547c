package io.github.pmem2j.internal.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.repair.Salvaged;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a repair will do.
 *
 * @param verdict what the scan said
 * @param pieces what is to be cleared and restored, by offset
 * @param refused what will be left as it is, and why
 * @param reasons why there may be more damage than the plan knows of
 */
record Plan(
    Verdict verdict,
    List<Piece> pieces,
    List<RepairedRange> refused,
    List<IncompleteReason> reasons) {
  /**
   * Plans for what is reported, and for what an earlier repair has left in doubt.
   *
   * @param file reads what is left of the bad blocks
   */
  static Plan of(BadBlockReport report, List<Piece> inDoubt, Reader file, boolean allowShared)
      throws IOException {
    List<Piece> pieces = new ArrayList<>(inDoubt);
    List<RepairedRange> refused = new ArrayList<>();
    for (Blocks blocks : blocks(report)) {
      // In doubt means that nothing of it is worth saving that is not saved.
      for (Range rest : Ranges.without(blocks.range, ranges(inDoubt))) {
        if (blocks.shared && !allowShared) {
          refused.add(
              new RepairedRange(
                  rest,
                  Outcome.REFUSED,
                  "it is shared with another file, whose data it is too: clearing it here would"
                      + " leave the other as it is"));
          continue;
        }
        for (long at = rest.offset(); at < rest.end(); at += Piece.LARGEST) {
          Range part = new Range(at, Math.min(Piece.LARGEST, rest.end() - at));
          pieces.add(blocks.unwritten ? nothing(part) : piece(part, file));
        }
      }
    }
    pieces.sort((a, b) -> Long.compare(a.blocks().offset(), b.blocks().offset()));
    return new Plan(report.verdict(), List.copyOf(pieces), List.copyOf(refused), report.reasons());
  }

  private static List<Range> ranges(List<Piece> pieces) {
    return pieces.stream().map(Piece::blocks).toList();
  }

  private static Piece nothing(Range blocks) {
    return new Piece(blocks, List.of(), List.of(), false);
  }

  /** Reads what is left of a range, as {@link io.github.pmem2j.repair.SalvageReader} does. */
  @FunctionalInterface
  interface Reader {
    Salvaged read(long offset, ByteBuffer target) throws IOException;
  }

  private static Piece piece(Range blocks, Reader file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) blocks.length());
    Salvaged salvaged = file.read(blocks.offset(), bytes);
    List<Piece.Saved> saved = new ArrayList<>();
    Range present = new Range(blocks.offset(), salvaged.length());
    for (Range good : Ranges.without(present, salvaged.lost())) {
      byte[] copy = new byte[(int) good.length()];
      bytes.get((int) (good.offset() - blocks.offset()), copy);
      saved.add(new Piece.Saved(good.offset(), copy));
    }
    return new Piece(blocks, salvaged.lost(), saved, false);
  }

  private record Blocks(Range range, boolean shared, boolean unwritten) {}

  /** The blocks of the bad ranges: two may be in one block, and blocks alike are joined. */
  private static List<Blocks> blocks(BadBlockReport report) {
    List<Blocks> all = new ArrayList<>();
    for (BadRange bad : report.badRanges()) {
      if (bad.kind() == BadRange.Kind.ZEROED) {
        continue;
      }
      Range range = new Range(bad.clearOffset(), bad.clearLength());
      boolean unwritten = bad.kind() == BadRange.Kind.UNWRITTEN;
      Blocks last = all.isEmpty() ? null : all.get(all.size() - 1);
      boolean overlaps = last != null && last.range.end() > range.offset();
      boolean touches = last != null && last.range.end() == range.offset();
      if (overlaps || (touches && last.shared == bad.shared() && last.unwritten == unwritten)) {
        long end = Math.max(last.range.end(), range.end());
        all.set(
            all.size() - 1,
            new Blocks(
                new Range(last.range.offset(), end - last.range.offset()),
                last.shared || bad.shared(),
                last.unwritten && unwritten));
      } else {
        all.add(new Blocks(range, bad.shared(), unwritten));
      }
    }
    return all;
  }
}
