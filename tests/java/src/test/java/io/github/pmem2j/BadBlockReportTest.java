package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BadBlockReportTest {
  private static final Path FILE = Path.of("f");
  private static final int PAGE = 4096;

  private static BadRange bad(long offset, long length, Kind kind) {
    ByteRange range = new ByteRange(offset, length);
    return BadRange.of(range, range.alignedTo(1024), kind).withOrigin("pmem0", offset / 512);
  }

  private static BadBlockReport.Builder builder(BadRange... ranges) {
    BadBlockReport.Builder report = BadBlockReport.builder().below(" on pmem0");
    List.of(ranges).forEach(report::bad);
    return report;
  }

  private static RangeSet set(long offset, long length) {
    return RangeSet.of(new ByteRange(offset, length));
  }

  @Test
  void theVerdict() {
    IncompleteReason reason = new IncompleteReason(IncompleteReason.Code.LIST_AT_BOUND, "why");
    BadRange bad = bad(512, 512, Kind.DATA);
    assertEquals(Verdict.CLEAN, builder().build(FILE, 100).verdict());
    assertEquals(Verdict.BAD, builder(bad).build(FILE, 100).verdict());
    assertEquals(
        Verdict.UNKNOWN, builder().notPmem().incomplete(reason).build(FILE, 100).verdict());
    assertEquals(Verdict.NOT_PMEM, builder().notPmem().build(FILE, 100).verdict());
    BadBlockReport partly = builder(bad).incomplete(reason).build(FILE, 100);
    assertEquals(Verdict.BAD, partly.verdict());
    assertFalse(partly.complete());
    assertEquals("f on pmem0", partly.stack());
  }

  @Test
  void theThreeSetsOfAFileThatIsAccessedDirectly() {
    BadBlockReport report =
        builder(bad(8192 + 512, 512, Kind.DATA)).readUnit(PAGE).build(FILE, 16384);
    assertEquals(set(8192 + 512, 512), report.lost());
    assertEquals(set(8192, PAGE), report.unreadable());
    assertEquals(set(8192, 1024), report.blocks());
    assertTrue(report.intersects(12287, 1));
    assertFalse(report.intersects(12288, 100));
    assertEquals(Optional.of(new ByteRange(8192, PAGE)), report.firstBadIn(9000, 1));
    assertEquals(
        RangeSet.of(new ByteRange(0, 8192), new ByteRange(12288, PAGE)),
        report.goodRanges(0, 16384));
  }

  /** As on arm64 with pages, and therefore blocks, of 64 KiB. */
  @Test
  void aFileThatIsAccessedDirectlyLosesItsWholeBlock() {
    ByteRange block = new ByteRange(65536, 65536);
    BadRange bad = BadRange.of(new ByteRange(65536 + 8192, 512), block, Kind.DATA);
    BadBlockReport report = builder(bad).readUnit(PAGE).build(FILE, 196608);
    assertEquals(RangeSet.of(block), report.unreadable());
    assertTrue(report.intersects(65536, 1));
    assertFalse(report.intersects(131072, 1));
  }

  @Test
  void throughThePageCacheABlockIsUnreadable() {
    BadBlockReport report = builder(bad(8192 + 512, 512, Kind.DATA)).build(FILE, 16384);
    assertEquals(set(8192, 1024), report.unreadable());
  }

  /** The page is refused although no byte of the file is lost. */
  @Test
  void aBadSectorPastTheEndMakesTheLastPageUnreadable() {
    BadBlockReport report =
        builder(bad(8192 + 512, 512, Kind.PAST_END)).readUnit(PAGE).build(FILE, 8192 + 100);
    assertTrue(report.lost().isEmpty());
    assertEquals(set(8192, 100), report.unreadable());
    assertTrue(
        builder(bad(12288, 512, Kind.PAST_END))
            .readUnit(PAGE)
            .build(FILE, 8192 + 100)
            .unreadable()
            .isEmpty());
  }

  @Test
  void whatWasNeverWrittenIsNeitherLostNorUnreadable() {
    BadBlockReport report = builder(bad(0, 512, Kind.UNWRITTEN)).readUnit(PAGE).build(FILE, 8192);
    assertTrue(report.lost().isEmpty());
    assertTrue(report.unreadable().isEmpty());
    assertEquals(set(0, 1024), report.blocks());
  }

  /** A read of it succeeds, with zeros. */
  @Test
  void whatARepairHasZeroedIsLostAndUnreadable() {
    BadBlockReport report = builder(bad(100, 300, Kind.ZEROED)).readUnit(PAGE).build(FILE, 8192);
    assertEquals(set(100, 300), report.lost());
    assertEquals(set(100, 300), report.unreadable());
  }

  @Test
  void aSectorThatTheFileEndsInIsLostUpToTheEnd() {
    BadBlockReport report = builder(bad(512, 512, Kind.DATA)).readUnit(PAGE).build(FILE, 700);
    assertEquals(set(512, 188), report.lost());
    assertEquals(set(0, 700), report.unreadable());
  }

  @Test
  void slices() {
    BadRange bad = bad(1024, 2048, Kind.DATA).withShared(true);
    ByteRange part = new ByteRange(1536, 512);
    BadRange slice = bad.slice(part, part, Kind.ZEROED);
    assertEquals(part, slice.range());
    assertEquals(3, slice.deviceSector());
    assertTrue(slice.shared());
    BadRange rest = bad.slice(new ByteRange(2048, 9999), bad.blocks(), Kind.DATA);
    assertEquals(new ByteRange(2048, 1024), rest.range());
    BadRange start = bad.slice(new ByteRange(0, 2048), bad.blocks(), Kind.DATA);
    assertTrue(start.continues(rest));
    assertEquals(bad, start.join(rest));
    assertFalse(rest.continues(start));
    assertThrows(IllegalArgumentException.class, () -> rest.join(start));
  }

  @Test
  void malformedInputIsRefused() {
    BadBlockReport report = builder().build(FILE, 100);
    assertThrows(IllegalArgumentException.class, () -> report.intersects(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> report.goodRanges(1, Long.MAX_VALUE));
    ByteRange eight = new ByteRange(0, 8);
    ByteRange four = new ByteRange(0, 4);
    assertThrows(IllegalArgumentException.class, () -> BadRange.of(eight, four, Kind.DATA));
    assertThrows(
        IllegalArgumentException.class, () -> BadRange.of(new ByteRange(0, 0), four, Kind.DATA));
  }
}
