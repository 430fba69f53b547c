package io.github.pmem2j.internal.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadSectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("no-native")
class ExtentPassTest {
  private static final RangeSet WHOLE = RangeSet.of(new ByteRange(0, Long.MAX_VALUE));
  private static final int LAST = 0x1;
  private static final int UNWRITTEN = 0x800;
  private static final int SHARED = 0x2000;
  private static final int BLOCK = 4096;

  private record Extent(long logical, long physical, long length, int flags) {}

  /** The kernel's FIEMAP of a file with these extents, so many at a time. */
  private static ExtentSource source(List<Extent> extents, int most) {
    return (start, end, sync, batch) -> {
      batch.clear();
      int count = 0;
      for (int i = 0; i < extents.size() && count < most; i++) {
        Extent extent = extents.get(i);
        if (extent.logical + extent.length > start && extent.logical < end) {
          int flags = extent.flags | (i == extents.size() - 1 ? LAST : 0);
          count += batch.add(extent.logical, extent.physical, extent.length, flags) ? 1 : 0;
        }
      }
    };
  }

  /** Random files on random devices, in all orders, against every single sector. */
  @RepeatedTest(500)
  void everySectorOfTheFile(RepetitionInfo repetition) throws IOException {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    List<Extent> extents = new ArrayList<>();
    long logical = 0;
    for (int i = random.nextInt(40); i > 0; i--) {
      logical += (long) random.nextInt(3) * BLOCK;
      long length = (1L + random.nextInt(5)) * BLOCK;
      int flags = random.nextInt(4) == 0 ? UNWRITTEN : 0;
      flags |= random.nextInt(4) == 0 ? SHARED : 0;
      extents.add(new Extent(logical, (long) random.nextInt(100) * BLOCK, length, flags));
      logical += length;
    }
    long size = random.nextInt((int) logical + 2 * BLOCK);
    BadSectors.Builder builder = new BadSectors.Builder();
    for (int i = random.nextInt(30); i > 0; i--) {
      long start = random.nextInt(900);
      builder.add(start, start + 1 + random.nextInt(random.nextBoolean() ? 3 : 60), "d", start);
    }
    BadSectors bad = builder.build();

    TreeMap<Long, String> expected = new TreeMap<>();
    for (Extent extent : extents) {
      for (long at = 0; at < extent.length; at += 512) {
        long sector = (extent.physical + at) / 512;
        boolean isBad = false;
        for (int i = 0; i < bad.count(); i++) {
          isBad |= bad.start(i) <= sector && sector < bad.end(i);
        }
        if (isBad) {
          long place = extent.logical + at;
          Kind kind = (extent.flags & UNWRITTEN) != 0 ? Kind.UNWRITTEN : Kind.DATA;
          kind = place >= size ? Kind.PAST_END : kind;
          expected.put(place, kind + " " + ((extent.flags & SHARED) != 0) + " " + sector);
        }
      }
    }
    ExtentPass pass =
        ExtentPass.of(source(extents, 1 + random.nextInt(50)), true, bad, size, WHOLE);
    TreeMap<Long, String> actual = new TreeMap<>();
    BadRange before = null;
    for (BadRange range : BadRangeBuilder.ofFile(pass, size, BLOCK)) {
      for (long at = 0; at < range.length(); at += 512) {
        String value =
            range.kind() + " " + range.shared() + " " + (range.deviceSector() + at / 512);
        actual.put(range.offset() + at, value);
      }
      assertEquals(range.offset() / BLOCK * BLOCK, range.blocks().offset());
      assertEquals((range.end() + BLOCK - 1) / BLOCK * BLOCK, range.blocks().end());
      if (before != null) {
        assertTrue(before.end() <= range.offset(), "disjoint and sorted");
        boolean apart =
            before.end() < range.offset()
                || before.kind() != range.kind()
                || before.shared() != range.shared()
                || before.deviceSector() + before.length() / 512 != range.deviceSector();
        assertTrue(apart, "merged");
      }
      before = range;
    }
    assertEquals(expected, actual, "seed " + seed);
  }

  /** Ranges have what the whole file has there, and few calls serve many of them. */
  @RepeatedTest(200)
  void rangesHaveWhatTheWholeHas(RepetitionInfo repetition) throws IOException {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Extent> extents = new ArrayList<>();
    long size = 0;
    for (int i = random.nextInt(60); i > 0; i--) {
      size += (long) random.nextInt(3) * BLOCK;
      long length = (1L + random.nextInt(5)) * BLOCK;
      extents.add(new Extent(size, (long) random.nextInt(100) * BLOCK, length, 0));
      size += length;
    }
    BadSectors.Builder builder = new BadSectors.Builder();
    for (int i = 0; i < 30; i++) {
      long start = random.nextInt(900);
      builder.add(start, start + 1 + random.nextInt(20), "d", start);
    }
    BadSectors bad = builder.build();
    RangeSet.Builder some = RangeSet.builder();
    for (int i = random.nextInt(12); i > 0; i--) {
      some.add((long) random.nextInt(200) * BLOCK, (1L + random.nextInt(10)) * BLOCK);
    }
    RangeSet ranges = some.build();
    ExtentSource source = source(extents, 1 + random.nextInt(40));
    AtomicInteger calls = new AtomicInteger();
    ExtentSource counting =
        (start, end, sync, batch) -> {
          calls.incrementAndGet();
          source.read(start, end, sync, batch);
        };
    RangeSet expected = hits(ExtentPass.of(counting, true, bad, size, WHOLE)).intersect(ranges);
    int callsForAll = calls.getAndSet(0);
    ExtentPass pass = ExtentPass.of(counting, true, bad, size, ranges);
    assertEquals(expected, hits(pass));
    assertTrue(calls.get() <= callsForAll + ranges.count(), calls + " calls for " + ranges);
  }

  /** The extents between ranges that lie far apart are not read. */
  @Test
  void farRangesCostTheirOwnExtents() throws IOException {
    List<Extent> extents = new ArrayList<>();
    RangeSet.Builder far = RangeSet.builder();
    for (long i = 0; i < 20_000; i++) {
      extents.add(new Extent(i * BLOCK, 2 * i * BLOCK, BLOCK, 0));
      if (i % 1000 == 500) {
        far.add(i * BLOCK, 2 * BLOCK);
      }
    }
    AtomicInteger read = new AtomicInteger();
    ExtentSource source = source(extents, Integer.MAX_VALUE);
    ExtentSource counting =
        (start, end, sync, batch) -> {
          source.read(start, end, sync, batch);
          read.addAndGet(batch.count());
        };
    BadSectors bad = new BadSectors.Builder().add(0, 1_000_000, "d", 0).build();
    ExtentPass pass = ExtentPass.of(counting, true, bad, 20_000L * BLOCK, far.build());
    assertEquals(far.build(), hits(pass));
    assertTrue(pass.inOneBatch());
    assertEquals(128 + 19 * 2, read.get());
  }

  private static RangeSet hits(ExtentPass pass) {
    RangeSet.Builder hits = RangeSet.builder();
    for (int i = 0; i < pass.count(); i++) {
      hits.add(pass.offset(i), pass.length(i));
    }
    return hits.build();
  }

  private static ExtentPass pass(List<Extent> extents, long size) throws IOException {
    BadSectors bad = new BadSectors.Builder().add(80, 96, "d", 80).build();
    return ExtentPass.of(source(extents, 10), true, bad, size, WHOLE);
  }

  @Test
  void aChangeIsSeen() throws IOException {
    List<Extent> extents =
        List.of(new Extent(0, 40960, 8192, 0), new Extent(8192, 409600, 4096, 0));
    ExtentPass pass = pass(extents, 12288);
    assertTrue(pass.sameAs(pass(extents, 12288)));
    Extent first = extents.get(0);
    for (Extent other :
        List.of(
            new Extent(8192, 413696, 4096, 0),
            new Extent(12288, 409600, 4096, 0),
            new Extent(8192, 409600, 8192, UNWRITTEN),
            new Extent(8192, 409600, 4096, SHARED))) {
      assertFalse(pass.sameAs(pass(List.of(first, other), 12288)), other.toString());
    }
    Extent longer = new Extent(8192, 409600, 8192, 0);
    assertTrue(pass.sameAs(pass(List.of(first, longer), 12288)), "growth past the first size");
    assertFalse(pass.sameAs(pass(List.of(first), 12288)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x2, 0x6, 0x8, 0x100, 0x300, 0x500})
  void anExtentWithoutAKnownPlaceIsUnusable(int flags) throws IOException {
    List<Extent> extents = List.of(new Extent(0, 40960, 4096, flags));
    assertTrue(pass(extents, 4096).unusable());
    assertEquals(0, pass(extents, 4096).count());
    assertFalse(pass(extents, 0).unusable(), "past the first size");
  }

  @Test
  void aHostileFileSystemEnds() {
    ExtentSource same =
        (start, end, sync, batch) -> {
          batch.clear();
          batch.add(0, 0, 4096, 0);
        };
    assertThrows(IOException.class, () -> ExtentPass.of(same, true, BadSectors.NONE, 4096, WHOLE));
    for (Extent extent :
        List.of(
            new Extent(-4096, 0, 4096, 0),
            new Extent(0, 0, -4096, 0),
            new Extent(0, 0, 0, 0),
            new Extent(Long.MAX_VALUE, 0, 4096, 0))) {
      ExtentSource source = source(List.of(extent), 1);
      ExtentSource once =
          (start, end, sync, batch) -> {
            source.read(Long.MIN_VALUE, end, sync, batch);
            batch.clear();
            batch.add(extent.logical, extent.physical, extent.length, LAST);
          };
      assertThrows(
          IOException.class, () -> ExtentPass.of(once, true, BadSectors.NONE, 4096, WHOLE));
    }
  }

  @Test
  void anExtentThatReachesBackCountsOnce() throws IOException {
    List<Extent> extents = List.of(new Extent(0, 40960, 8192, 0), new Extent(4096, 45056, 8192, 0));
    ExtentPass pass = pass(extents, 12288);
    List<BadRange> ranges = BadRangeBuilder.ofFile(pass, 12288, BLOCK);
    assertEquals(1, ranges.size());
    assertEquals(8192, ranges.get(0).length());
  }

  /** As iomap_fiemap answers where a block with extents cannot be read: a last one, and an end. */
  @Test
  void theLastExtentIsNotTrusted() throws IOException {
    List<Extent> known = List.of(new Extent(0, 40960, 4096, 0));
    ExtentSource source =
        (start, end, sync, batch) -> {
          if (start > 0) {
            throw new IOException("EIO");
          }
          source(known, 10).read(start, end, sync, batch);
        };
    BadSectors bad = new BadSectors.Builder().add(80, 96, "d", 80).build();
    ExtentPass pass = ExtentPass.of(source, true, bad, 12288, WHOLE);
    assertEquals("EIO", pass.failure());
    assertEquals(ByteRange.between(4096, 12288), pass.unmapped());
    assertEquals(1, pass.count(), "what is known stays");
    assertFalse(pass.sameAs(pass(known, 12288)));
    ExtentPass within =
        ExtentPass.of(source, true, bad, 12288, RangeSet.of(new ByteRange(0, 4096)));
    assertEquals(null, within.failure(), "not asked for");
  }
}
