package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.repair.ReadMethod;
import io.github.pmem2j.repair.SalvageReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A verification reads the medium, even if the page cache still has the data. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class VerifyStockTest {
  @Test
  void whatThePageCacheHoldsIsStillLost(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE, disk.device());
    Path mount = machine.mount(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    disk.inject(new Sectors(FileExtent.page(file.path(), 3).first() + 1, 1));
    assertArrayEquals(file.page(3), file.read(3), "the page cache has it");
    long lost = 3L * Sectors.PAGE + Sectors.SIZE;
    try (SalvageReader reader = SalvageReader.open(file.path())) {
      assertEquals(RangeSet.of(new ByteRange(lost, Sectors.SIZE)), reader.verify().lost());
      assertEquals(ReadMethod.DIRECT, reader.verifiedBy().orElseThrow());
    }
  }
}
