package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.watch.BadBlockWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A CXL device's event of an error wakes a watch, and so does the clearing of poison. */
@Tag("cxl")
@ExtendWith(MachineExtension.class)
class WatchCxlTest {
  private static final Path INSTANCES = Path.of("/sys/kernel/tracing/instances");

  private final SectorListener listener = new SectorListener();

  @Test
  void whatADeviceReportsIsFoundInItsListAndInTheFile(Machine machine) throws Exception {
    Namespace disk = Cxl.namespaces().get(0);
    Path mount = machine.ext4(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    long sector = FileExtent.page(file.path(), 5).first() + 3;
    try (BadBlockWatch watch = BadBlockWatch.open(mount, listener)) {
      assertEquals(List.of(), watch.unwatched());
      Cxl.Poison poison = Cxl.inject(disk, sector * Sectors.SIZE, Cxl.UNIT);
      Cxl.report(poison);
      List<Sectors> expected = List.of(new Sectors(sector, 1));
      Sysfs.await("the error", () -> listener.foundSectors().equals(expected));
      assertEquals(
          Map.of(file.path(), List.of(new Sectors(5 * 8 + 3, 1))), listener.foundInFiles());

      // Each request for the list makes the kernel emit its records again.
      assertEquals(List.of(poison), Cxl.listed());
      Cxl.clear(poison);
      Sysfs.await("the clearing", () -> listener.clearedSectors().equals(expected));
      assertEquals(expected, listener.foundSectors());
      assertIdle();
    }
    assertEquals(List.of(), Sysfs.list(INSTANCES, "pmem2j-.*"));
  }

  /** An event that is not consumed would wake the watch repeatedly. */
  private static void assertIdle() throws InterruptedException {
    long before = WatchThread.waits();
    TimeUnit.SECONDS.sleep(2);
    long after = WatchThread.waits();
    assertTrue(after - before <= 1, () -> (after - before) + " waits of an idle watch");
  }
}
