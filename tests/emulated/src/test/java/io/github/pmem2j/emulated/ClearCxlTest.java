package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command clear where the devices list their errors. */
@Tag("cxl2")
@ExtendWith(MachineExtension.class)
class ClearCxlTest {
  private static final Path DEBUGFS = Path.of("/sys/kernel/debug");
  private static final int BAD = 5 * Sectors.PAGE + 3 * Sectors.SIZE;

  private Namespace disk;

  @BeforeEach
  void find() {
    disk = Cxl.namespaces().get(0);
  }

  private TestFile damaged(Machine machine) throws IOException {
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    Sectors bad = FileExtent.page(file.path(), 5);
    Cxl.inject(disk, (bad.first() + 3) * Sectors.SIZE + 128, Cxl.UNIT);
    return file;
  }

  private static void assertOnlyTheLostSectorIsZero(TestFile file) throws IOException {
    byte[] expected = file.content().clone();
    Arrays.fill(expected, BAD, BAD + Sectors.SIZE, (byte) 0);
    assertArrayEquals(expected, Files.readAllBytes(file.path()));
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file.path()).verdict());
  }

  @Test
  void inAFile(Machine machine) throws IOException {
    TestFile file = damaged(machine);
    Command.Result dryRun = CommandLine.run("clear", "--dry-run", file.path());
    assertEquals(1, dryRun.exitCode(), dryRun::toString);
    assertTrue(dryRun.output().endsWith("Nothing was cleared.\n"), dryRun::toString);
    assertEquals(Verdict.BAD, BadBlockScanner.scan(file.path()).verdict());
    Command.Result part =
        CommandLine.run("clear", "--yes", "--offset", BAD, "--length", 512, file.path());
    assertEquals(2, part.exitCode(), part::toString);
    assertEquals(Verdict.BAD, BadBlockScanner.scan(file.path()).verdict());

    Command.Result clear = CommandLine.run("clear", "--yes", file.path());
    System.out.println(clear);
    assertEquals(0, clear.exitCode(), clear::toString);
    assertTrue(
        clear.output().startsWith("To be zeroed in " + file.path() + ": 512 bytes"),
        clear::toString);
    assertTrue(
        clear.output().endsWith("Now " + file.path() + ": no bad blocks\n"), clear::toString);
    assertOnlyTheLostSectorIsZero(file);
    assertEquals(List.of(), Cxl.listed());
    Command.Result again = CommandLine.run("clear", "--yes", file.path());
    assertEquals(0, again.exitCode(), again::toString);
    assertTrue(again.output().contains("no bad blocks"), again::toString);
  }

  @Test
  void inAFileWhereTheDeviceCannotBeAskedToClear(Machine machine) throws IOException {
    TestFile file = damaged(machine);
    List<Cxl.Poison> poison = Cxl.listed();
    Command.Result clear;
    Command.run("umount", DEBUGFS);
    try {
      clear = CommandLine.run("clear", "--yes", file.path());
    } finally {
      Command.run("mount", "-t", "debugfs", "debugfs", DEBUGFS);
    }
    System.out.println(clear);
    assertEquals(0, clear.exitCode(), clear::toString);
    assertTrue(clear.output().contains("free space"), clear::toString);
    assertOnlyTheLostSectorIsZero(file);
    assertEquals(poison, Cxl.listed());
  }

  @Test
  void inADaxDevice(Machine machine) throws IOException {
    Namespace dax = Cxl.reshape(disk, "devdax");
    Cxl.inject(dax, 1000 * Sectors.SIZE, Cxl.UNIT);
    Command.Result clear = CommandLine.run("clear", "--yes", "--json", dax.device());
    System.out.println(clear);
    assertEquals(0, clear.exitCode(), clear::toString);
    assertTrue(
        clear.output().contains("\"cleared\":[{\"offset\":512000,\"length\":512}]"),
        clear::toString);
    assertTrue(clear.output().contains("\"badBlocks\":[]"), clear::toString);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(dax.device()).verdict());
    assertEquals(List.of(), Cxl.listed());
  }
}
