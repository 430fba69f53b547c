package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is removed needs the kernel's sysfs: ScanNfitTest has it. */
class HealthyDisksTest {
  private static final DeviceNumber DISK = Sysfs.parseDeviceNumber("259:0");
  private static final String SCRUB = FakeSysfs.BUS + "/nfit/scrub";
  private static final String DIRECTORY = FakeSysfs.REGION + "/pfn0.0/block/pmem0";

  @TempDir private Path temporary;

  private FakeSysfs sysfs;
  private final HealthyDisks disks = new HealthyDisks();

  @BeforeEach
  void make() throws IOException {
    sysfs = new FakeSysfs(temporary.resolve("sys"));
    sysfs.disk("259:0", "pmem0", "");
  }

  private DeviceStack read() {
    return new StackResolver(Host.local().withSys(sysfs.root())).resolve(DISK);
  }

  private void put(DeviceStack stack) {
    disks.put(DISK, new Sysfs(sysfs.root()), DIRECTORY, NvdimmPath.of(DIRECTORY), stack);
  }

  private static long open() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(fd -> read(fd).endsWith("badblocks") || read(fd).endsWith("scrub"))
          .count();
    }
  }

  private static String read(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // That of the list itself.
    }
  }

  @Test
  void aDiskThatStaysAsItWas() throws IOException {
    assertNull(disks.get(DISK));
    DeviceStack stack = read();
    put(stack);
    assertSame(stack, disks.get(DISK));
    assertSame(stack, disks.get(DISK));
    DeviceStack again = read();
    put(again);
    assertSame(again, disks.get(DISK));
    sysfs.write(SCRUB, "2\n");
    assertNull(disks.get(DISK));
  }

  @Test
  void anErrorIsListed() throws IOException {
    put(read());
    sysfs.write(DIRECTORY + "/badblocks", "8 1\n");
    assertNull(disks.get(DISK));
    sysfs.write(DIRECTORY + "/badblocks", "");
    assertNull(disks.get(DISK), "it must be read as a whole again");
  }

  @Test
  void theScrubIsInAnotherState() throws IOException {
    put(read());
    sysfs.write(SCRUB, "1+\n");
    assertNull(disks.get(DISK));
    put(read());
    assertEquals(
        "[ErrorSource[device=pmem0, kind=SCRUBBED, scrubs=1, scrubbing=true]]",
        disks.get(DISK).lists().stream().map(BadBlockSource::filledBy).toList().toString());
    sysfs.write(SCRUB, "0+\n");
    assertNull(disks.get(DISK));
  }

  /** What was read is held only if it is what can still be read. */
  @Test
  void itHasChangedSinceItWasRead() throws IOException {
    DeviceStack stack = read();
    sysfs.write(SCRUB, "2\n");
    put(stack);
    assertNull(disks.get(DISK));
    stack = read();
    Files.delete(sysfs.root().resolve("dev/block/259:0"));
    put(stack);
    assertNull(disks.get(DISK), "the number is another disk's");
  }

  @Test
  void onlyHealthyScrubbedDisksAreHeld() throws IOException {
    put(DeviceStack.unknown(IncompleteReason.Code.SECTOR_MODE, "in sector mode", "pmem0s"));
    assertNull(disks.get(DISK));
    sysfs.write(DIRECTORY + "/badblocks", "8 1\n");
    put(read());
    assertNull(disks.get(DISK));
    DeviceStack damaged = read();
    sysfs.write(DIRECTORY + "/badblocks", "");
    put(damaged);
    assertNull(disks.get(DISK), "it was cleared after it was read");
    Files.delete(sysfs.root().resolve(SCRUB));
    put(read());
    assertNull(disks.get(DISK));
  }

  /** However often a disk is held and let go, it has two descriptors at most. */
  @Test
  void nothingStaysOpen() throws IOException {
    long before = open();
    for (int i = 0; i < 10; i++) {
      put(read());
      put(read());
      assertEquals(before + 2, open());
      sysfs.write(SCRUB, 2 * i + 2 + "\n");
      assertNull(disks.get(DISK));
      assertEquals(before, open());
      DeviceStack stale = read();
      sysfs.write(SCRUB, 2 * i + 3 + "\n");
      put(stale);
      assertEquals(before, open());
    }
  }
}
