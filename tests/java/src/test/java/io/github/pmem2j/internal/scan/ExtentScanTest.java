package io.github.pmem2j.internal.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.device.DeviceStack;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ExtentScanTest {
  private static final int LAST = 0x1;
  private static final RangeSet PAGE = RangeSet.of(new ByteRange(0, 4096));
  private static final long GOOD_PLACE = 0;
  private static final long BAD_PLACE = 40960;

  /** The ctime of a file that is not written to. */
  private static final ExtentScan.ChangeTime OLD = () -> Instant.EPOCH;

  private static DeviceStack stack(long badSector) {
    BadSectors bad = new BadSectors.Builder().add(badSector, badSector + 8, "d", 0).build();
    return new DeviceStack(DeviceStack.Storage.PMEM, bad, List.of(), "d", List.of());
  }

  /** A file of one page, which is at the next of these places each time it is queried. */
  private static ExtentSource at(AtomicInteger passes, long... places) {
    return (start, end, sync, batch) -> {
      int pass = Math.min(passes.getAndIncrement(), places.length - 1);
      batch.clear();
      batch.add(0, places[pass], 4096, LAST);
    };
  }

  private static ExtentScan scan(
      ExtentSource source,
      Supplier<DeviceStack> stacks,
      ExtentScan.ChangeTime changed,
      long size,
      RangeSet ranges)
      throws IOException {
    return ExtentScan.of(source, stacks.get(), stacks, changed, size, ranges);
  }

  /** A file of 2,000 extents, each a page. */
  private static ExtentSource ofManyExtents() {
    return (start, end, sync, batch) -> {
      batch.clear();
      for (long at = start; at < 2000 * 4096L && batch.add(at, 2 * at, 4096, 0); ) {
        at += 4096;
      }
    };
  }

  @Test
  void twoPassesThatAgreeAreEnough() throws IOException {
    AtomicInteger passes = new AtomicInteger();
    ExtentScan scan = scan(at(passes, BAD_PLACE), () -> stack(80), OLD, 4096, PAGE);
    assertTrue(scan.stable());
    assertNull(scan.failure());
    assertEquals(1, scan.pass().count());
    assertEquals(2, passes.get());
  }

  @Test
  void aPageThatMovesOntoTheErrorIsSeen() throws IOException {
    ExtentSource source = at(new AtomicInteger(), GOOD_PLACE, 8192, BAD_PLACE);
    ExtentScan scan = scan(source, () -> stack(80), OLD, 4096, PAGE);
    assertTrue(scan.stable());
    assertEquals(1, scan.pass().count());
  }

  @Test
  void aFileThatKeepsChangingIsNotStable() throws IOException {
    AtomicInteger passes = new AtomicInteger();
    ExtentSource source =
        (start, end, sync, batch) -> {
          batch.clear();
          batch.add(0, 4096L * (100 + passes.getAndIncrement()), 4096, LAST);
        };
    ExtentScan scan = scan(source, () -> stack(80), OLD, 4096, PAGE);
    assertFalse(scan.stable());
    assertTrue(passes.get() < 20);
  }

  @Test
  void anErrorThatIsFoundMeanwhileIsSeen() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    ExtentScan scan =
        scan(
            at(new AtomicInteger(), BAD_PLACE),
            () -> stack(asked.getAndIncrement() < 2 ? 1000 : 80),
            OLD,
            4096,
            PAGE);
    assertTrue(scan.stable());
    assertEquals(1, scan.pass().count());
  }

  @Test
  void aFailedSyncDoesNotHideTheExtents() throws IOException {
    ExtentSource source =
        (start, end, sync, batch) -> {
          if (sync) {
            throw new IOException("EIO");
          }
          at(new AtomicInteger(), BAD_PLACE).read(start, end, sync, batch);
        };
    ExtentScan scan = scan(source, () -> stack(80), OLD, 4096, PAGE);
    assertNotNull(scan.failure());
    assertEquals(1, scan.pass().count());
  }

  @Test
  void aFileSystemWithoutExtents() throws IOException {
    ExtentSource source =
        (start, end, sync, batch) -> {
          throw new IOException("EOPNOTSUPP");
        };
    ExtentScan scan = scan(source, () -> stack(80), OLD, 4096, PAGE);
    assertEquals(new ByteRange(0, 4096), scan.pass().unmapped());
    assertNotNull(scan.failure());
  }

  /** Two mixtures of the states before and after a move can be alike. */
  @Test
  void aFileOfManyExtentsIsTrustedOnlyIfUnchanged() throws IOException {
    ExtentSource source = ofManyExtents();
    RangeSet whole = RangeSet.of(new ByteRange(0, Long.MAX_VALUE));
    AtomicInteger changes = new AtomicInteger();
    ExtentScan.ChangeTime busy = () -> Instant.ofEpochSecond(changes.getAndIncrement());
    assertTrue(scan(source, () -> stack(80), OLD, 2000 * 4096L, whole).stable());
    assertFalse(scan(source, () -> stack(80), busy, 2000 * 4096L, whole).stable());
    // The clock of ctime stands still within a tick, so "now" hides a change.
    assertFalse(scan(source, () -> stack(80), Instant::now, 2000 * 4096L, whole).stable());
    Instant young = Instant.now();
    assertTrue(scan(source, () -> stack(80), () -> young, 2000 * 4096L, whole).stable());
    assertFalse(Instant.now().isBefore(young.plusMillis(20)), "waited for the next tick");
    // Of ranges that took one call each no two states can be mixed.
    RangeSet few = RangeSet.of(new ByteRange(0, 4096), new ByteRange(1500 * 4096L, 4096));
    assertTrue(scan(source, () -> stack(80), busy, 2000 * 4096L, few).stable());
  }

  /** An interrupted thread does not park, and a busy file is all that it would see. */
  @Test
  void anInterruptedThreadWaitsForTheTickToo() throws IOException {
    ExtentSource source = ofManyExtents();
    RangeSet whole = RangeSet.of(new ByteRange(0, Long.MAX_VALUE));
    Instant young = Instant.now();
    Thread.currentThread().interrupt();
    ExtentScan scan = scan(source, () -> stack(80), () -> young, 2000 * 4096L, whole);
    assertTrue(Thread.interrupted(), "the interrupt is kept");
    assertTrue(scan.stable());
    assertFalse(Instant.now().isBefore(young.plusMillis(20)));
  }
}
