package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The problem that pmem2j solves: how a JVM fails on a bad page, and how it recovers. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class MappedReadTest {
  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void aMappedReadFailsUntilThePageIsCleared(String type, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = type.equals("xfs") ? machine.xfs(disk.device()) : machine.ext4(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    disk.inject(new Sectors(FileExtent.page(file.path(), 3).first() + 7, 1));

    String error = file.mappedReadError(3).getMessage();
    assertTrue(error.startsWith("a fault occurred in"), error);

    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file.path())) {
      List<ByteRange> found = badBlocks.remaining();
      assertEquals(List.of(new ByteRange(3L * Sectors.PAGE, Sectors.PAGE)), found);
      badBlocks.clear(found.get(0));
    }

    assertArrayEquals(new byte[Sectors.PAGE], file.mappedRead(3));
    for (int number : new int[] {0, 2, 4, 15}) {
      assertArrayEquals(file.page(number), file.mappedRead(number), "page " + number);
    }
  }
}
