package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
  @TempDir private Path directory;

  @Test
  void eachWrongPathIsNamed() throws IOException {
    Path none = directory.resolve("none");
    Result result = FatJar.run("status", "--json", "/proc/version", none);
    assertEquals(2, result.lines().size(), result.out());
    assertTrue(result.lines().get(0).startsWith("{\"path\":\"/proc/version\",\"error\":"));
    assertTrue(result.lines().get(1).startsWith("{\"path\":\"" + none + "\",\"error\":"));
    assertEquals(ExitCodes.ERROR, result.code());
  }
}
