package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors of a dax device: found, cleared by the device itself, gone from the kernel's list. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class ClearOnDevdaxTest {
  /** As the repair of any dax device does, because one may have several nodes. */
  @Test
  void aRepairIsNotDisturbed(Machine machine) throws IOException {
    Namespace devdax = NfitTest.devdax();
    NfitTest.inject(devdax, new Sectors(1000, 4));
    Path journals = Files.createDirectories(Path.of("/var/lib/pmem2j"));
    try (Descriptor lock = Descriptor.open(journals, Descriptor.Mode.READ)) {
      assertTrue(FileIo.tryLock(lock));
      Command.Result clear = CommandLine.run("clear", "--yes", devdax.device());
      assertEquals(2, clear.exitCode(), clear.toString());
      assertTrue(clear.errors().contains("is repairing a dax device"), clear.toString());
    }
    assertEquals(List.of(new Sectors(devdax.regionOffset() + 1000, 4)), devdax.regionBadBlocks());
  }

  @Test
  void anErrorIsListedAndCleared(Machine machine) throws IOException {
    Namespace devdax = NfitTest.devdax();
    NfitTest.inject(devdax, new Sectors(1000, 4), new Sectors(5000, 1));
    ByteRange first = new ByteRange(1000L * Sectors.SIZE, 4L * Sectors.SIZE);
    ByteRange second = new ByteRange(5000L * Sectors.SIZE, Sectors.SIZE);

    try (Pmem2Source source = Pmem2Source.open(devdax.device());
        Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
      assertTrue(source.size() > 5000L * Sectors.SIZE, () -> "size of " + devdax);
      assertTrue(badBlocks.deviceMatched());
      assertEquals(List.of(first, second), badBlocks.remaining());
      badBlocks.clear(first);
    }
    assertEquals(List.of(new Sectors(devdax.regionOffset() + 5000, 1)), devdax.regionBadBlocks());

    Command.Result clear = CommandLine.run("clear", "--yes", devdax.device());
    assertEquals(0, clear.exitCode(), clear.toString());
    assertEquals(List.of(), devdax.regionBadBlocks());
    Command.Result list = CommandLine.run("list", "--json", devdax.device());
    assertEquals(0, list.exitCode(), list.toString());
    assertEquals(
        "{\"path\":\"%s\",\"deviceMatched\":true,\"badBlocks\":[]}\n".formatted(devdax.device()),
        list.output());
  }
}
