package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scan --mapfile} writes, as {@code ddrescuelog} reads it. */
@Tag("slow")
class MapFileTest {
  @TempDir private Path directory;

  private Path data;
  private Path map;

  @BeforeEach
  void make() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    map = directory.resolve("map");
  }

  /** The sectors that ddrescuelog finds with a status. */
  private String sectors(String status) throws IOException, InterruptedException {
    Process log =
        new ProcessBuilder("ddrescuelog", "--list-blocks=" + status, map.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(log.getInputStream().readAllBytes());
    assertEquals(0, log.waitFor(), output);
    return output.replace('\n', ' ').strip();
  }

  @Test
  void ofABadFile() throws Exception {
    Path file = Files.write(data.resolve("bad"), new byte[9 * 512 + 4096]);
    ChildJvm.Result result = SimulatedRun.in(data, "scan", "--mapfile", map, file);
    assertEquals(ExitCodes.BAD_BLOCKS, result.exit(), result.output());
    assertEquals("8", sectors("-"));
    assertEquals("0 1 2 3 4 5 6 7 9 10 11 12 13 14 15 16", sectors("+"));
    assertEquals("", sectors("?"));
    // It may be replaced, as what an earlier scan wrote.
    assertEquals(
        ExitCodes.BAD_BLOCKS, SimulatedRun.in(data, "scan", "--mapfile", map, file).exit());
  }

  @Test
  void whatIsNotKnownIsNotGood() throws Exception {
    Path file = Files.write(data.resolve("file"), new byte[1024]);
    assertEquals(ExitCodes.OK, FatJar.run("scan", "--mapfile", map, file).code());
    assertEquals("0 1", sectors("?"));
    assertEquals("", sectors("+"));
  }

  @Test
  void anEmptyFile() throws Exception {
    Path file = Files.createFile(data.resolve("file"));
    assertEquals(ExitCodes.OK, FatJar.run("scan", "--mapfile", map, file).code());
    assertEquals("ddrescuelog: Nothing to do; domain is empty.", sectors("?"));
  }

  @Test
  void ofOneFileAlone() throws IOException {
    Path file = Files.createFile(data.resolve("file"));
    assertEquals(ExitCodes.ERROR, FatJar.run("scan", "--mapfile", map, file, file).code());
    assertEquals(ExitCodes.ERROR, FatJar.run("scan", "-r", "--mapfile", map, data).code());
    assertFalse(Files.exists(map));
  }

  @Test
  void replacesNothingElse() throws IOException {
    Path file = Files.createFile(data.resolve("file"));
    String salvaged = "# Mapfile. Created by pmem2j\n0x0 ? 1\n0x0 0x200 +\n";
    Files.writeString(map, salvaged);
    FatJar.Result result = FatJar.run("scan", "--mapfile", map, file);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains(map.toString()), result.err());
    assertEquals(salvaged, Files.readString(map));
  }
}
