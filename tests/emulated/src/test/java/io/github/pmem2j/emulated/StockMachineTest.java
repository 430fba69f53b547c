package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine itself, flavour stock: mapped reads that fail, and devices on devices. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class StockMachineTest {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void aMappedReadOfABadPageFails(String type, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = type.equals("xfs") ? machine.xfs(disk.device()) : machine.ext4(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    assertEquals(List.of(), disk.badBlocks());

    disk.inject(FileExtent.page(file.path(), 3));

    assertEquals(List.of(FileExtent.page(file.path(), 3)), disk.badBlocks());
    assertNotNull(file.mappedReadError(3).getMessage());
    assertArrayEquals(file.page(4), file.mappedRead(4));
  }

  @Test
  void overwritingAPageClearsIt(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    disk.inject(FileExtent.page(file.path(), 3));
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(file.page(3)), 3 * Sectors.PAGE);
    }
    assertEquals(List.of(), disk.badBlocks());
    assertArrayEquals(file.page(3), file.read(3));
  }

  @Test
  void aPartitionIsShifted(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(1);
    List<Path> parts =
        machine.partition(disk, new Sectors(MIB, 64 * MIB), new Sectors(65 * MIB, 600 * MIB));
    TestFile file = TestFile.create(machine.xfs(parts.get(1)).resolve("file"), 16);
    Sectors page = FileExtent.page(file.path(), 7);
    disk.inject(new Sectors(65 * MIB + page.first(), 1));
    assertThrows(IOException.class, () -> file.read(7));
  }

  @Test
  void linearAndStripedDevicesTakeDirectAccess(Machine machine) throws IOException {
    Path first = machine.disks().get(0).device();
    Namespace second = machine.disks().get(1);
    Path linear =
        machine.linear(
            "line",
            new Machine.Section(first, new Sectors(0, 100 * MIB)),
            new Machine.Section(second.device(), new Sectors(100 * MIB, 300 * MIB)));
    Path striped =
        machine.striped(
            "stripe",
            MIB,
            new Machine.Section(first, new Sectors(200 * MIB, 200 * MIB)),
            new Machine.Section(second.device(), new Sectors(400 * MIB, 200 * MIB)));
    machine.xfs(linear);
    TestFile file = TestFile.create(machine.xfs(striped).resolve("file"), 16);
    Sectors page = FileExtent.page(file.path(), 2);
    long stripe = page.first() / MIB;
    Namespace disk = machine.disks().get((int) (stripe % 2));
    long start = stripe % 2 == 0 ? 200 * MIB : 400 * MIB;
    disk.inject(new Sectors(start + stripe / 2 * MIB + page.first() % MIB, 1));
    assertThrows(IOException.class, () -> file.read(2));
    assertArrayEquals(file.page(3), file.read(3));
  }
}
