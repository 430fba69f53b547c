package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DemoCommandTest {
  @TempDir private Path directory;

  @Test
  void playsOnASimulatedDevice() throws IOException {
    Path page = directory.resolve("page.html");
    FatJar.Result result = FatJar.runProcess("demo", "--html", page, directory);
    assertEquals(ExitCodes.OK, result.code(), result.out() + result.err());
    assertEquals("", result.err());
    for (String expected :
        List.of(
            "SIMULATED",
            "BAD, 1536 bytes (1.5 KiB) in 3 ranges, the first at 163840",
            "lost 12288 bytes (12.0 KiB) of 1048576 bytes",
            "614400+4096: restored",
            "1 file scanned: 1 clean",
            "the same as its backup again")) {
      assertTrue(result.out().contains(expected), expected + " in " + result.out());
    }
    assertTrue(Files.readString(page).contains("1 file is bad"));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(page), left.toList());
    }
  }

  @Test
  void saysWhatItNeeds() throws IOException {
    FatJar.Result memory = FatJar.run("demo", "--html", directory.resolve("page.html"), "/dev/shm");
    assertEquals(ExitCodes.ERROR, memory.code(), memory.out());
    assertTrue(memory.err().contains("ext4 or XFS"), memory.err());
    FatJar.Result missing =
        FatJar.run("demo", "--html", directory.resolve("page.html"), directory.resolve("none"));
    assertEquals(ExitCodes.ERROR, missing.code(), missing.out());
    assertTrue(missing.err().contains(directory.resolve("none").toString()), missing.err());
    Path file = Files.createFile(directory.resolve("file"));
    FatJar.Result noDirectory = FatJar.run("demo", "--html", directory.resolve("page.html"), file);
    assertTrue(noDirectory.err().contains("passes through a file"), noDirectory.err());
    assertEquals(ExitCodes.ERROR, FatJar.run("demo", "--json", directory).code());
  }

  @Test
  void aPageThatCannotBeWrittenIsNotThePlacesFault() throws IOException {
    FatJar.Result noDirectory = FatJar.run("demo", "--html", directory.resolve("none/page.html"));
    assertTrue(noDirectory.err().contains("--html"), noDirectory.err());
    assertEquals("", noDirectory.out());
    FatJar.Result noFile = FatJar.run("demo", "--html", "/proc/page.html", directory);
    assertTrue(noFile.err().contains("/proc/page.html"), noFile.err());
    for (FatJar.Result each : List.of(noDirectory, noFile)) {
      assertEquals(ExitCodes.ERROR, each.code());
      assertFalse(each.err().contains("ext4 or XFS"), each.err());
    }
  }
}
