package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The message for a wrong command line says how to correct it. */
class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scan -x             | Unknown option: '-x'",
        "scan --recusive f   | Did you mean: --recursive",
        "scann f             | no such command: 'scann'",
        "scann f             | Did you mean: scan, scrub?",
        "help scann          | Unknown subcommand 'scann'",
        "clear --offset 4kB --length 1 f | '4kB' is not a number of bytes, such as 8192, 0x2000 or 8k",
        "clear --offset 9E --length 1 f  | '9E' is 2^63 or more",
        "scan                | Missing required parameter: 'PATH'",
      })
  void saysWhatIsWrong(String arguments, String message) throws IOException {
    Result result = FatJar.run((Object[]) arguments.split(" "));
    assertTrue(result.err().contains(message), result.err());
    assertTrue(result.err().contains("Try: pmem2j"), result.err());
    assertEquals(ExitCodes.ERROR, result.code());
  }

  @Test
  void theDemoHasNoJson() throws IOException {
    assertFalse(FatJar.run("demo", "--help").out().contains("--json"));
    assertTrue(FatJar.run("doctor", "--help").out().contains("--json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"scan ~", "scan f ~", "verify f ~ g", "status ~", "repair f --from ~"})
  void aPathIsEmpty(String arguments) throws IOException {
    Result result = FatJar.run((Object[]) arguments.replace("~", "").split(" ", -1));
    assertTrue(result.err().contains("a path is empty"), result.err());
    assertEquals(ExitCodes.ERROR, result.code());
  }

  @Test
  void helpIsACommandToo() throws IOException {
    assertEquals(FatJar.run("--help").out(), FatJar.run("help").out());
    assertEquals(FatJar.run("scan", "--help").out(), FatJar.run("help", "scan").out());
  }

  /**
   * Less memory than a run needs; a JVM that could not even start would exit with 1 and no report.
   */
  @Test
  void aLackOfMemoryIsAnError() throws IOException {
    List<String> options = List.of("-XX:+UseSerialGC", "-Xmx2m");
    Path source = Files.createTempFile(ChildJvm.target(), "large", "");
    Path copy = source.resolveSibling(source.getFileName() + ".copy");
    Files.write(source, new byte[4096]);
    Result result = FatJar.run(Map.of(), options, "salvage", source, copy);
    assertTrue(result.err().contains("the JVM is out of memory"), result.out() + result.err());
    assertEquals(ExitCodes.ERROR, result.code());
  }
}
