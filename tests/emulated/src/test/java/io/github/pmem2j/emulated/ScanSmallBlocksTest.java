package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an ordinary read fails on, through the page cache, where pages are larger than blocks. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanSmallBlocksTest extends ScanScenario {
  @ParameterizedTest
  @ValueSource(strings = {"mkfs.ext4 -q -F -b 1024", "mkfs.ext4 -q -F -b 2048"})
  void aFile(String mkfs, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run((Object[]) (mkfs + " " + disk.device()).split(" "));
    TestFile file = TestFile.create(machine.mount(disk.device()).resolve("file"), 16);
    disk.inject(new Sectors(FileExtent.page(file.path(), 5).first() + 3, 1));
    assertRefused(file.path(), 16);
  }

  @Test
  void aDisk(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    disk.inject(new Sectors(5 * Sectors.PER_PAGE + 3, 1));
    assertRefused(disk.device(), 16);
  }

  private static void assertRefused(Path path, int pages) throws IOException {
    BadBlockReport report = scan(path);
    assertTrue(report.complete(), report::toString);
    RangeSet.Builder refused = RangeSet.builder();
    for (long at = 0; at < (long) pages * Sectors.PAGE; at += Sectors.SIZE) {
      Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "1");
      try (FileChannel channel = FileChannel.open(path)) {
        channel.read(ByteBuffer.allocate(Sectors.SIZE), at);
      } catch (IOException e) {
        refused.add(at, Sectors.SIZE);
      }
    }
    assertEquals(
        RangeSet.of(new ByteRange(5 * Sectors.PAGE, Sectors.PAGE)),
        refused.build(),
        path::toString);
    assertEquals(refused.build(), report.unreadable(), report::toString);
  }
}
