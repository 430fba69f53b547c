package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that a command writes, on a disk that is full. */
class OutputFileTest {
  private static final Path NOT_PMEM = Path.of("/proc/self/status");

  @TempDir private Path directory;

  private Path full;

  @BeforeEach
  void fill() throws IOException {
    full = Files.createDirectory(directory.resolve("full"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=4k", "full", full), "may not mount");
    Files.write(full.resolve("fill"), new byte[4096]);
  }

  @AfterEach
  void unmount() throws IOException {
    run("umount", full);
  }

  private static boolean run(Object... command) throws IOException {
    return FatJar.execute(Map.of(), List.of(command).stream().map(Object::toString).toList()).code()
        == 0;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--openmetrics", "--html", "--mapfile"})
  void noSpaceIsNamed(String option) throws IOException {
    Path file = full.resolve("new");
    Result result = FatJar.run("scan", option, file, NOT_PMEM);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains(file + ": cannot be written"), result.err());
    assertTrue(result.err().contains("Free space on the file system."), result.err());
    result = FatJar.run("scan", "--json", option, file, NOT_PMEM);
    assertTrue(result.out().contains("\"error\":{\"code\":-28,\"name\":\"ENOSPC\""), result.out());
    assertArrayEquals(new String[] {"fill"}, full.toFile().list());
  }

  @Test
  void theOldFileStays() throws IOException {
    Path file = Files.createFile(full.resolve("old"));
    assertEquals(ExitCodes.ERROR, FatJar.run("scan", "--html", file, NOT_PMEM).code());
    assertEquals(2, full.toFile().list().length);
  }
}
