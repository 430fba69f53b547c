package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * So many bad blocks in one file that the file system may reuse those freed first to replace the
 * others.
 */
@ExtendWith(MachineExtension.class)
class ManyBadBlocksTest {
  private static final int BAD = 60;

  /** A file of which every second page is bad. */
  private static TestFile create(Namespace disk, Path mount) throws IOException {
    TestFile file = TestFile.create(mount.resolve("file"), 2 * BAD);
    Sectors[] bad = new Sectors[BAD];
    for (int i = 0; i < BAD; i++) {
      bad[i] = FileExtent.page(file.path(), 2 * i);
    }
    disk.inject(bad);
    return file;
  }

  /** libpmem2 clears one after the other, and never in place. */
  @ParameterizedTest
  @Tag("stock")
  @ValueSource(strings = {"ext4", "xfs"})
  void clearEndsWithoutBadBlocks(String type, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    TestFile file =
        create(disk, type.equals("xfs") ? machine.xfs(disk.device()) : machine.ext4(disk.device()));
    Command.Result clear = CommandLine.run("clear", "--yes", "--trust-lists", file.path());
    assertEquals(0, clear.exitCode(), clear.toString());
    assertTrue(clear.output().endsWith("no bad blocks\n"), clear.output());
    for (int page = 0; page < 2 * BAD; page++) {
      byte[] expected = page % 2 == 0 ? new byte[Sectors.PAGE] : file.page(page);
      assertArrayEquals(expected, file.read(page), "page " + page);
    }
  }

  @Test
  @Tag("nfit")
  void aRepairEndsWithoutBadBlocks(Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    TestFile file = create(disk, machine.ext4(disk.device()));
    Path replica = Files.write(Files.createTempFile("replica", ""), file.content());
    RepairResult result = BadBlockRepair.of(file.path()).run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    assertEquals(BAD, result.ranges().size());
    assertArrayEquals(file.content(), Files.readAllBytes(file.path()));
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file.path()).verdict());
  }
}
