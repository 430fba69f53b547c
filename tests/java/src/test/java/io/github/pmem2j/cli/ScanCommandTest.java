package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanCommandTest {
  private static final Path NOT_PMEM = Path.of("/proc/self/status");

  @TempDir private Path directory;

  @Test
  void notOnPersistentMemory() throws IOException {
    Result result = FatJar.run("scan", NOT_PMEM);
    assertEquals("1 file scanned: 1 not on persistent memory", result.lines().get(0));
    assertTrue(result.err().contains("1 file not on persistent memory"), result.err());
    assertEquals(ExitCodes.OK, result.code());
  }

  @Test
  void requiredPersistentMemoryIsUnknown() throws IOException {
    Result result = FatJar.run("scan", "--require-pmem", NOT_PMEM);
    String why = "/proc/self/status in memory: not on persistent memory";
    assertEquals(
        List.of("/proc/self/status: UNKNOWN, because " + why, "1 file scanned: 1 unknown"),
        result.lines());
    assertEquals("", result.err());
    assertEquals(ExitCodes.UNKNOWN, result.code());
    String json = FatJar.run("scan", "--json", "--require-pmem", NOT_PMEM).lines().get(0);
    assertTrue(
        json.contains(
            "\"verdict\":\"UNKNOWN\",\"complete\":false,"
                + "\"reasons\":[{\"code\":\"NOT_PMEM\",\"message\":\""
                + why
                + "\"}]"),
        json);
  }

  @Test
  void json() throws IOException {
    assertEquals(
        "{\"path\":\"/proc/self/status\",\"verdict\":\"NOT_PMEM\",\"complete\":true,\"reasons\":[],"
            + "\"device\":\"/proc/self/status in memory\",\"sources\":[],\"badRanges\":[]}",
        FatJar.run("scan", "--json", NOT_PMEM).lines().get(0));
  }

  /** What comes after the line that nobody could read is not looked at. */
  @Test
  void stopsWithoutAReader() throws IOException {
    Path none = directory.resolve("none");
    Result result = FatJar.runInFull("scan", "--require-pmem", NOT_PMEM, none);
    assertEquals("pmem2j: the output could not be written\n", result.err());
    assertEquals(ExitCodes.ERROR, result.code());
    Path page = directory.resolve("page.html");
    result = FatJar.runInFull("scan", "--require-pmem", "--html", page, NOT_PMEM, none);
    assertTrue(result.err().contains(none + ": open failed: ENOENT"), result.err());
    assertTrue(Files.readString(page).contains(none.toString()));
  }

  @Test
  void failures() throws IOException {
    Result result = FatJar.run("scan", "--json", directory.resolve("none"), NOT_PMEM);
    assertTrue(result.lines().get(0).contains("\"error\":{\"code\":-2,\"name\":\"ENOENT\""));
    assertEquals(2, result.lines().size());
    assertEquals(ExitCodes.ERROR, result.code());
    Result tree = FatJar.run("scan", directory);
    assertTrue(tree.err().contains("scan --recursive"), tree.err());
    assertEquals(ExitCodes.ERROR, tree.code());
  }

  @Test
  void trees() throws IOException {
    Files.createDirectory(directory.resolve("d"));
    Files.writeString(directory.resolve("d/one"), "1");
    Files.writeString(directory.resolve("two"), "2");
    Result result = FatJar.run("scan", "--recursive", directory);
    String last = result.lines().get(result.lines().size() - 1);
    assertTrue(last.startsWith("2 files scanned: 2 "), result.out());
  }
}
