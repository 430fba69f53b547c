package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** CXL devices clear their poison in place; where they cannot, a file gets other blocks. */
@Tag("cxl")
@ExtendWith(MachineExtension.class)
class RepairCxlTest {
  private static final Path DEBUGFS = Path.of("/sys/kernel/debug");

  private Namespace disk;

  @BeforeEach
  void find() {
    disk = Cxl.namespaces().get(0);
  }

  private TestFile damaged(Machine machine, int page) throws IOException {
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    Sectors bad = FileExtent.page(file.path(), page);
    Cxl.inject(disk, (bad.first() + 3) * Sectors.SIZE + 128, Cxl.UNIT);
    return file;
  }

  private static RepairResult repair(TestFile file) throws IOException {
    Path replica = Files.write(Files.createTempFile("replica", ""), file.content());
    RepairResult result = BadBlockRepair.of(file.path()).run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    assertEquals(Outcome.RESTORED, result.ranges().get(0).outcome());
    assertArrayEquals(file.content(), Files.readAllBytes(file.path()));
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file.path()).verdict());
    return result;
  }

  @Test
  void ofAFileInPlace(Machine machine) throws IOException {
    TestFile file = damaged(machine, 5);
    Sectors before = FileExtent.page(file.path(), 5);
    assertEquals("", repair(file).ranges().get(0).message());
    assertEquals(before, FileExtent.page(file.path(), 5));
    assertEquals(List.of(), Cxl.listed());
  }

  @Test
  void ofAFileWhereTheDeviceCannotBeAskedToClear(Machine machine) throws IOException {
    TestFile file = damaged(machine, 5);
    List<Cxl.Poison> poison = Cxl.listed();
    Sectors before = FileExtent.page(file.path(), 5);
    RepairResult result;
    Command.run("umount", DEBUGFS);
    try {
      result = repair(file);
    } finally {
      Command.run("mount", "-t", "debugfs", "debugfs", DEBUGFS);
    }
    assertTrue(result.ranges().get(0).message().contains("free space"), result::toString);
    assertTrue(!before.equals(FileExtent.page(file.path(), 5)), before::toString);
    assertEquals(poison, Cxl.listed());
  }

  @Test
  void ofADaxDevice(Machine machine) throws IOException {
    Namespace dax = Cxl.reshape(disk, "devdax");
    Cxl.inject(dax, 1000 * Sectors.SIZE, Cxl.UNIT);
    assertEquals(Verdict.BAD, BadBlockScanner.scan(dax.device()).verdict());
    List<Long> asked = new ArrayList<>();
    RepairResult result =
        BadBlockRepair.of(dax.device())
            .run(
                (range, target) -> {
                  asked.add(range.offset());
                  target.put(new byte[target.remaining()]);
                });
    assertTrue(result.finished(), result::toString);
    assertEquals(List.of(1000L * Sectors.SIZE), asked);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(dax.device()).verdict());
    assertEquals(List.of(), Cxl.listed());
  }
}
