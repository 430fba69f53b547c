package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A block device is copied around the sectors that are bad in it. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class SalvageDeviceTest {
  private static final int FIRST = 2048;
  private static final int BAD_SECTOR = 2 * Sectors.PER_PAGE + 1;

  @Test
  void aPartition(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path partition = machine.partition(disk, new Sectors(FIRST, 2048)).get(0);
    byte[] content = new byte[2048 * Sectors.SIZE];
    new Random(4).nextBytes(content);
    try (FileChannel channel = FileChannel.open(partition, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(true);
    }
    disk.inject(new Sectors(FIRST + BAD_SECTOR, 1));
    Path copy = Files.createTempFile("copy", "");
    SalvageResult result = Salvage.of(partition, copy).run();
    ByteRange lost = new ByteRange(BAD_SECTOR * Sectors.SIZE, Sectors.SIZE);
    assertEquals(new SalvageResult(content.length, RangeSet.of(lost), Optional.empty()), result);
    Arrays.fill(content, (int) lost.offset(), (int) lost.end(), (byte) 0);
    assertArrayEquals(content, Files.readAllBytes(copy));
  }
}
