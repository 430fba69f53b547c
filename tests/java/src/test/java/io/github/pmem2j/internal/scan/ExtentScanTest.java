package io.github.pmem2j.internal.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.device.DeviceStack;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExtentScanTest {
  private static final int LAST = 0x1;
  private static final long GOOD_PLACE = 0;
  private static final long BAD_PLACE = 40960;

  private static DeviceStack stack(long badSector) {
    BadSectors bad = new BadSectors.Builder().add(badSector, badSector + 8, "d", 0).build();
    return new DeviceStack(DeviceStack.Storage.PMEM, bad, List.of(), "d", List.of());
  }

  /** A file of one page, which is at the next of these places each time that it is asked for. */
  private static ExtentSource at(AtomicInteger passes, long... places) {
    return (start, sync, batch) -> {
      int pass = Math.min(passes.getAndIncrement(), places.length - 1);
      batch.clear();
      batch.add(0, places[pass], 4096, LAST);
    };
  }

  @Test
  void twoPassesThatAgreeAreEnough() {
    AtomicInteger passes = new AtomicInteger();
    ExtentScan scan =
        ExtentScan.of(at(passes, BAD_PLACE), () -> stack(80), 4096, new ByteRange(0, 4096));
    assertTrue(scan.stable());
    assertNull(scan.failure());
    assertEquals(1, scan.pass().count());
    assertEquals(2, passes.get());
  }

  @Test
  void aPageThatMovesOntoTheErrorIsSeen() {
    ExtentSource source = at(new AtomicInteger(), GOOD_PLACE, 8192, BAD_PLACE);
    ExtentScan scan = ExtentScan.of(source, () -> stack(80), 4096, new ByteRange(0, 4096));
    assertTrue(scan.stable());
    assertEquals(1, scan.pass().count());
  }

  @Test
  void aFileThatNeverRestsIsNotStable() {
    AtomicInteger passes = new AtomicInteger();
    ExtentSource source =
        (start, sync, batch) -> {
          batch.clear();
          batch.add(0, 4096L * (100 + passes.getAndIncrement()), 4096, LAST);
        };
    ExtentScan scan = ExtentScan.of(source, () -> stack(80), 4096, new ByteRange(0, 4096));
    assertFalse(scan.stable());
    assertTrue(passes.get() < 20);
  }

  @Test
  void anErrorThatIsFoundMeanwhileIsSeen() {
    AtomicInteger asked = new AtomicInteger();
    ExtentScan scan =
        ExtentScan.of(
            at(new AtomicInteger(), BAD_PLACE),
            () -> stack(asked.getAndIncrement() < 2 ? 1000 : 80),
            4096,
            new ByteRange(0, 4096));
    assertTrue(scan.stable());
    assertEquals(1, scan.pass().count());
  }

  @Test
  void whatCannotBeWrittenOutHidesNotTheRest() {
    ExtentSource source =
        (start, sync, batch) -> {
          if (sync) {
            throw new IOException("EIO");
          }
          at(new AtomicInteger(), BAD_PLACE).read(start, sync, batch);
        };
    ExtentScan scan = ExtentScan.of(source, () -> stack(80), 4096, new ByteRange(0, 4096));
    assertNotNull(scan.failure());
    assertEquals(1, scan.pass().count());
  }

  @Test
  void aFileSystemThatDoesNotTell() {
    ExtentSource source =
        (start, sync, batch) -> {
          throw new IOException("EOPNOTSUPP");
        };
    ExtentScan scan = ExtentScan.of(source, () -> stack(80), 4096, new ByteRange(0, 4096));
    assertNull(scan.pass());
    assertNotNull(scan.failure());
  }
}
