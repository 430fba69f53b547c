package io.github.pmem2j.ignite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/h2.md says of H2 and Ignite on one class path. */
class RefusedDatabaseTest {
  @TempDir private Path directory;

  private List<String> refusals(List<String> options) throws IOException, InterruptedException {
    List<String> command =
        Stream.of(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                options,
                List.of("-cp", System.getProperty("java.class.path")),
                List.of(RefusedDatabase.class.getName(), directory.toString()))
            .flatMap(List::stream)
            .toList();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.lines().toList();
  }

  private void assertNamesTheLoss(String line) {
    assertTrue(line.contains("db.mv.db has lost [0+512]; restore that with:"), line);
  }

  @Test
  void withIgnitesOptionsDriverManagerNamesTheLoss() throws Exception {
    List<String> lines = refusals(NodeProcess.options());
    assertEquals(2, lines.size(), lines::toString);
    lines.forEach(this::assertNamesTheLoss);
  }

  @Test
  void withoutThemOnlyADataSourceDoes() throws Exception {
    List<String> lines = refusals(List.of());
    assertEquals(2, lines.size(), lines::toString);
    assertNamesTheLoss(lines.get(0));
    assertTrue(
        lines.get(1).startsWith("DriverManager: java.lang.NoClassDefFoundError"), lines.get(1));
    assertTrue(lines.get(1).contains("org.apache.ignite.IgniteJdbc"), lines.get(1));
  }
}
