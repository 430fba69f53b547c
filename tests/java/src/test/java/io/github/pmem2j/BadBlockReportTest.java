package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.BadRange.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BadBlockReportTest {
  private static final int BLOCK = 4;

  private static BadBlockReport report(List<BadRange> ranges) {
    return new BadBlockReport(Path.of("f"), false, List.of(), ranges, " on pmem0", 100);
  }

  @Test
  void theVerdict() {
    IncompleteReason reason = new IncompleteReason(IncompleteReason.Code.LIST_AT_BOUND, "why");
    List<BadRange> bad = List.of(new BadRange(1, 1, 0, 4, Kind.DATA, false, "pmem0", 0));
    assertEquals(Verdict.CLEAN, report(List.of()).verdict());
    assertEquals(Verdict.BAD, report(bad).verdict());
    BadBlockReport unknown =
        new BadBlockReport(Path.of("f"), true, List.of(reason), List.of(), "", 0);
    assertEquals(Verdict.UNKNOWN, unknown.verdict());
    assertEquals(
        Verdict.NOT_PMEM,
        new BadBlockReport(Path.of("f"), true, List.of(), List.of(), "", 0).verdict());
    BadBlockReport partly = new BadBlockReport(Path.of("f"), false, List.of(reason), bad, "", 0);
    assertEquals(Verdict.BAD, partly.verdict());
    assertEquals(false, partly.complete());
    assertEquals("f on pmem0", report(bad).stack());
  }

  @RepeatedTest(200)
  void setAlgebra(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<BadRange> ranges = new ArrayList<>();
    BitSet bad = new BitSet();
    for (int at = random.nextInt(10); at < 100; ) {
      int length = 1 + random.nextInt(9);
      int from = at / BLOCK * BLOCK;
      int to = (at + length + BLOCK - 1) / BLOCK * BLOCK;
      ranges.add(new BadRange(at, length, from, to - from, Kind.DATA, false, "pmem0", 0));
      bad.set(from, to);
      at += length + random.nextInt(30);
    }
    BadBlockReport report = report(ranges);
    for (int i = 0; i < 200; i++) {
      int offset = random.nextInt(130);
      int length = random.nextInt(50);
      BitSet asked = new BitSet();
      asked.set(offset, offset + length);
      assertEquals(bad.intersects(asked), report.intersects(offset, length));
      BadRange first =
          ranges.stream()
              .filter(r -> r.clearOffset() < offset + length && r.clearEnd() > offset)
              .findFirst()
              .filter(r -> length > 0)
              .orElse(null);
      assertEquals(first, report.firstBadIn(offset, length).orElse(null));
      BitSet good = new BitSet();
      for (ByteRange range : report.goodRanges(offset, length)) {
        good.set((int) range.offset(), (int) range.end());
      }
      asked.andNot(bad);
      assertEquals(asked, good);
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> report(List.of()).intersects(-1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> report(List.of()).goodRanges(1, Long.MAX_VALUE));
    assertThrows(
        IllegalArgumentException.class,
        () -> new BadRange(0, 8, 0, 4, Kind.DATA, false, "pmem0", 0));
  }
}
