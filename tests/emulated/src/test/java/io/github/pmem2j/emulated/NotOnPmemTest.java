package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** If libpmem2 finds no device, the command line says so, and nothing can be cleared. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class NotOnPmemTest {
  @Test
  void aFileOnAnotherFileSystem(Machine machine) throws IOException {
    refusesToClear(TestFile.create(Files.createTempDirectory("other").resolve("file"), 4));
  }

  /** There is an error, and libpmem2 does not see it: this is one of its limits. */
  @Test
  void aFileOnAPartitionOfPmem(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Sectors part = new Sectors(2048, disk.sectors() - 4096);
    Path device = machine.partition(disk, part).get(0);
    TestFile file = TestFile.create(machine.ext4(device).resolve("file"), 4);
    long sector = part.first() + FileExtent.page(file.path(), 2).first();
    refusesToClear(file);

    disk.inject(new Sectors(sector, 1));

    assertThrows(IOException.class, () -> file.read(2));
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file.path())) {
      assertEquals(List.of(), badBlocks.remaining());
      assertFalse(badBlocks.deviceMatched());
    }
    assertEquals(3, CommandLine.run("list", file.path()).exitCode());
  }

  private static void refusesToClear(TestFile file) throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file.path())) {
      assertFalse(badBlocks.deviceMatched());
      assertEquals(List.of(), badBlocks.remaining());
      assertThrows(
          IllegalStateException.class, () -> badBlocks.clear(new ByteRange(0, Sectors.PAGE)));
    }
    Command.Result list = CommandLine.run("list", file.path());
    assertEquals(3, list.exitCode(), list.toString());
    Command.Result clear =
        CommandLine.run("clear", "--yes", "--offset", 0, "--length", Sectors.PAGE, file.path());
    assertEquals(3, clear.exitCode(), clear.toString());
    for (int number = 0; number < 4; number++) {
      assertArrayEquals(file.page(number), file.read(number), "page " + number);
    }
  }
}
