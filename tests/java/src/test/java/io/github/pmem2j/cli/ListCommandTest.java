package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("slow")
class ListCommandTest {
  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @Test
  void listsOffsetsLengthsAndTotal() throws IOException {
    Path file = ndctl.file("f", 16);
    ndctl.bad(file, 8192, 512).bad(file, 40960, 8192);
    Result result = FatJar.run("list", file);
    assertEquals("", result.err());
    assertEquals(
        List.of(
            file + ": 2 bad blocks, 12288 bytes (12.0 KiB)",
            "                offset           length",
            "                  8192             4096",
            "                 40960             8192"),
        result.lines());
    assertEquals(ExitCodes.BAD_BLOCKS, result.code());
  }

  @Test
  void jsonIsOneObjectALineWithTheFieldsPromised() throws IOException {
    Path bad = ndctl.file("bad", 4);
    Path good = ndctl.file("good", 1);
    ndctl.bad(bad, 8192, 512);
    Path missing = ndctl.directory().resolve("missing");
    Result result = FatJar.run("list", "--json", bad, good, missing, ndctl.directory());
    assertEquals("", result.err());
    List<String> lines = result.lines();
    assertEquals(
        "{\"path\":\"%s\",\"deviceMatched\":true,\"badBlocks\":[{\"offset\":8192,\"length\":4096}]}"
            .formatted(bad),
        lines.get(0));
    assertEquals(
        "{\"path\":\"%s\",\"deviceMatched\":true,\"badBlocks\":[]}".formatted(good), lines.get(1));
    assertEquals(
        "{\"path\":\"%s\",\"error\":{\"code\":-2,\"name\":\"ENOENT\",\"message\":\"%s: open failed: ENOENT (-2)\"}}"
            .formatted(missing, missing),
        lines.get(2));
    assertTrue(
        lines
            .get(3)
            .startsWith(
                "{\"path\":\"%s\",\"error\":{\"code\":-100005,\"name\":\"PMEM2_E_INVALID_FILE_TYPE\",\"message\":\""
                    .formatted(ndctl.directory())),
        lines.get(3));
    assertEquals(4, lines.size());
    assertEquals(ExitCodes.ERROR, result.code());
  }

  @Test
  void errorsOutweighBadBlocksOutweighUnknown() throws IOException {
    Path bad = ndctl.file("bad", 1);
    Path good = ndctl.file("good", 1);
    ndctl.bad(bad, 0, 512);
    Path elsewhere = Path.of("/proc/self/cmdline");
    assertEquals(ExitCodes.OK, FatJar.run("list", good).code());
    assertEquals(ExitCodes.UNKNOWN, FatJar.run("list", good, elsewhere).code());
    assertEquals(ExitCodes.BAD_BLOCKS, FatJar.run("list", elsewhere, bad, good).code());
    assertEquals(ExitCodes.ERROR, FatJar.run("list", "/nope", elsewhere, bad).code());
  }

  @Test
  void reportsThatItIsUnknown() throws IOException {
    Path file = ndctl.file("f", 1);
    ndctl.noDevice();
    Result result = FatJar.run("list", file);
    assertEquals(ExitCodes.UNKNOWN, result.code());
    assertTrue(result.out().startsWith(file + ": unknown, libpmem2 found"), result.out());
    assertTrue(result.out().contains("partitions"), result.out());
    assertEquals(
        "{\"path\":\"%s\",\"deviceMatched\":false,\"badBlocks\":[]}".formatted(file),
        FatJar.run("list", "--json", file).lines().get(0));
  }

  @Test
  void errorNamesFileOperationCodeAndWhatToDo() throws IOException {
    Path file = ndctl.file("f", 1);
    ndctl.script("bus ACPI.NFIT\nfail ndctl_new EIO");
    Result result = FatJar.run("list", file, "/nope");
    assertEquals(ExitCodes.ERROR, result.code());
    assertEquals("", result.out());
    List<String> err = result.err().lines().toList();
    assertTrue(
        err.get(0).startsWith("pmem2j: " + file + ": pmem2_badblock_context_new failed: EIO (-5)"),
        result.err());
    assertTrue(err.get(1).startsWith("  See "), result.err());
    assertEquals("pmem2j: /nope: open failed: ENOENT (-2)", err.get(2));
    assertEquals("  Check the path: there is no such file.", err.get(3));
    assertEquals(4, err.size());
  }

  @Test
  void traceOnlyOnRequest() throws IOException {
    String frame = "\tat io.github.pmem2j.";
    assertFalse(FatJar.run("list", "/nope").err().contains(frame));
    assertTrue(FatJar.run("list", "--verbose", "/nope").err().contains(frame));
    Result result = FatJar.run("--verbose", "list", "/no\u001bpe");
    assertTrue(result.err().contains(frame));
    assertFalse(result.err().contains("\u001b"), result.err());
    result = FatJar.run(Map.of(), List.of("-Dio.github.pmem2j.trace=true"), "list", "/nope");
    assertTrue(result.err().contains(frame));
  }

  @Test
  void withoutLibndctlItNamesThePackages() throws IOException {
    Path empty = Files.writeString(ndctl.directory().resolve("libndctl.so.6"), "");
    Result result =
        FatJar.run(
            Map.of("LD_LIBRARY_PATH", empty.getParent().toString()),
            List.of(),
            "list",
            "--json",
            empty);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.out().contains("\"code\":-100001,\"name\":\"PMEM2_E_NOSUPP\""), result.out());
    assertTrue(result.out().contains("libndctl6"), result.out());
  }

  @Test
  void doesNotOpenForWriting() throws IOException {
    // A running program's own file cannot be opened to write, even by root: ETXTBSY.
    Path program = Files.copy(Path.of("/bin/sleep"), ndctl.directory().resolve("program"));
    ndctl.place(program);
    Process running = new ProcessBuilder(program.toString(), "60").start();
    try {
      Result list = FatJar.run("list", program);
      assertEquals(ExitCodes.OK, list.code(), list.err());
      Result clear = FatJar.run("clear", "--yes", program);
      assertEquals(ExitCodes.ERROR, clear.code());
      assertTrue(clear.err().contains("ETXTBSY"), clear.err());
      Result dryRun = FatJar.run("clear", "--dry-run", program);
      assertEquals(ExitCodes.OK, dryRun.code(), dryRun.err());
    } finally {
      running.destroy();
    }
  }

  @Test
  void namesAreSafeInEitherOutput() throws IOException {
    Path file = ndctl.file("a\n\"b\\\u001b[2J<&'>", 1);
    String shown = ndctl.directory() + "/a\\n\"b\\\\u001b[2J<&'>";
    assertEquals(List.of(shown + ": no bad blocks"), FatJar.run("list", file).lines());
    String json = ndctl.directory() + "/a\\n\\\"b\\\\\\u001b[2J<&'>";
    assertEquals(
        List.of("{\"path\":\"%s\",\"deviceMatched\":true,\"badBlocks\":[]}".formatted(json)),
        FatJar.run("list", "--json", file).lines());
    Path missing = file.resolveSibling("c\nd");
    assertEquals(2, FatJar.run("list", missing).err().lines().count());
    assertEquals(1, FatJar.run("list", "--json", missing).lines().size());
  }

  @Test
  void namesBeginningWithAtOrDashArePaths() throws IOException {
    Path file = ndctl.file("@f", 1);
    ndctl.file("-f", 1);
    String command =
        "cd %s && java=%s && $java -jar %s list @f -- -f"
            .formatted(
                file.getParent(),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                FatJar.path());
    Result result = FatJar.execute(Map.of(), List.of("sh", "-c", command));
    assertEquals(List.of("@f: no bad blocks", "-f: no bad blocks"), result.lines());
  }

  /** cron, systemd and many containers set no locale. */
  @Test
  void namesThatTheLocaleCannotExpressAreFound() throws IOException {
    ndctl.file("f", 1);
    String command =
        """
        cd %s && mv f "$(printf 'caf\\303\\251')" && mkdir d && cp caf* "$(printf 'd/caf\\351')"
        sync
        LC_ALL=C %s -jar %s list --json caf* %s/caf* d/*
        """
            .formatted(
                ndctl.directory(),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                FatJar.path(),
                ndctl.directory());
    Result result = FatJar.execute(Map.of(), List.of("sh", "-c", command));
    String line = "{\"path\":\"%s\",\"deviceMatched\":true,\"badBlocks\":[]}";
    assertEquals(
        List.of(
            line.formatted("café"),
            line.formatted(ndctl.directory() + "/café"),
            line.formatted("d/caf\\udce9")),
        result.lines(),
        result.err());
    FatJar.execute(Map.of(), List.of("rm", "-r", ndctl.directory() + "/d"));
    FatJar.execute(Map.of(), List.of("sh", "-c", "rm " + ndctl.directory() + "/caf*"));
  }
}
