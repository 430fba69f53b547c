package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says where there is nothing to wait for. */
class WatchCommandTest {
  private static final Path NO_STORAGE = Path.of("/proc/version");

  @Test
  void whereNothingCanBeWatchedItEndsWithTheReason() throws IOException {
    Result result = FatJar.run("watch", NO_STORAGE);
    assertEquals("", result.out());
    List<String> errors = result.err().lines().toList();
    assertEquals(1, errors.size(), result::err);
    assertTrue(errors.get(0).startsWith("may miss errors: /proc/version: "), result::err);
    assertTrue(errors.get(0).endsWith("no persistent memory, and no list of bad blocks"));
    assertEquals(ExitCodes.UNKNOWN, result.code());
  }

  @Test
  void jsonHasAnObjectForIt() throws IOException {
    Result result = FatJar.run("watch", "--json", NO_STORAGE);
    assertEquals("", result.err());
    assertTrue(
        result
            .out()
            .matches(
                "\\{\"time\":\"[^\"]+\",\"event\":\"unwatched\",\"path\":\"/proc/version\","
                    + "\"reason\":\"[^\"]+\"}\n"),
        result::out);
    assertEquals(ExitCodes.UNKNOWN, result.code());
  }

  @Test
  void aMissingPathIsAnError(@TempDir Path directory) throws IOException {
    Path missing = directory.resolve("missing");
    Result result = FatJar.run("watch", missing);
    assertTrue(result.err().contains(missing.toString()), result::err);
    assertEquals(ExitCodes.ERROR, result.code());
  }
}
