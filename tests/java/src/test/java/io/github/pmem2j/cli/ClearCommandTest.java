package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
@Tag("jdk")
class ClearCommandTest {
  private static final int PAGES = 16;
  private static final int PAGE = ScriptedNdctl.PAGE;

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  private Path file;

  /** Pages 2 (for two sectors apart from each other), 10 and 11 are bad. */
  @BeforeEach
  void makeBadBlocks() throws IOException {
    file = ndctl.file("f", PAGES);
    ndctl.bad(file, 2 * PAGE, 512).bad(file, 2 * PAGE + 1024, 512).bad(file, 10 * PAGE, 2 * PAGE);
  }

  /** The file's bytes must be as made, but for these pages, which must be zero. */
  private void assertZeroed(int... pages) throws IOException {
    byte[] expected = ScriptedNdctl.content(PAGES);
    for (int page : pages) {
      Arrays.fill(expected, page * PAGE, (page + 1) * PAGE, (byte) 0);
    }
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Test
  void clearsEverythingThatIsBadAndNothingElse() throws IOException {
    Result result = FatJar.run("clear", "--yes", file);
    assertEquals("", result.err());
    assertEquals("To be zeroed in " + file + ": 12288 bytes (12.0 KiB)", result.lines().get(0));
    assertTrue(result.out().contains("Every byte there is lost"), result.out());
    assertTrue(result.out().contains("Cleared 4096 bytes (4.0 KiB) at 8192."), result.out());
    assertTrue(result.out().contains("Cleared 8192 bytes (8.0 KiB) at 40960."), result.out());
    assertTrue(result.out().endsWith("Now " + file + ": no bad blocks\n"), result.out());
    assertEquals(ExitCodes.OK, result.code());
    assertZeroed(2, 10, 11);
    assertEquals(ExitCodes.OK, FatJar.run("list", file).code());
    assertEquals(ExitCodes.OK, FatJar.run("clear", file).code(), "nothing to ask about");
  }

  /** The list is all that is left of what was there. */
  @Test
  void clearsNothingThatItCannotRecord() throws IOException {
    Result result = FatJar.runInFull("clear", "--yes", file);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains("so nothing was done"), result.err());
    assertZeroed();
    result = FatJar.runInFull("clear", "--yes", "--json", file);
    assertTrue(result.err().contains("\"cleared\":[{\"offset\":8192"), result.err());
    assertZeroed(2, 10, 11);
  }

  /** To clear is to free blocks and to take others: when there are none, the old ones are gone. */
  @Test
  void namesWhatIsUnknown() throws IOException {
    Map<String, String> noRoom = ChildJvm.preloading("libno_room.so");
    Result result = FatJar.run(noRoom, List.of(), "clear", "--yes", "--json", file);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(
        result
            .out()
            .contains(",\"inDoubt\":{\"offset\":8192,\"length\":4096},\"error\":{\"code\":-28,"),
        result.out());
    assertZeroed(2);
    result = FatJar.run(noRoom, List.of(), "clear", "--yes", file);
    assertTrue(result.err().contains("8192 bytes at 40960 may be zeros now"), result.err());
  }

  @Test
  void clearsAPart() throws IOException {
    Result result =
        FatJar.run("clear", "--json", "--yes", "--offset", 11 * PAGE, "--length", PAGE, file);
    assertEquals(
        List.of(
            "{\"path\":\"%s\",\"deviceMatched\":true,\"cleared\":[{\"offset\":45056,\"length\":4096}],\"badBlocks\":[{\"offset\":8192,\"length\":4096},{\"offset\":8192,\"length\":4096},{\"offset\":40960,\"length\":4096}]}"
                .formatted(file)),
        result.lines(),
        result.err());
    assertEquals(ExitCodes.OK, result.code());
    assertZeroed(11);
  }

  @Test
  void dryRunChangesNothing() throws IOException {
    Result result = FatJar.run("clear", "--dry-run", "--yes", file);
    assertEquals("Would be zeroed in " + file + ": 12288 bytes (12.0 KiB)", result.lines().get(0));
    assertTrue(result.out().endsWith("Nothing was cleared.\n"), result.out());
    assertEquals(ExitCodes.BAD_BLOCKS, result.code());
    assertZeroed();
    assertTrue(
        FatJar.run("clear", "--json", "--dry-run", file)
            .out()
            .contains(
                "\"wouldClear\":[{\"offset\":8192,\"length\":4096},{\"offset\":40960,\"length\":8192}],\"cleared\":[]"));
  }

  @ParameterizedTest
  @CsvSource({"8192, 4096", "0x2000, 0X1000", "8k, 4K", "8KiB, 0x4k"})
  void sizesHaveUnits(String offset, String length) throws IOException {
    Result result =
        FatJar.run("clear", "--json", "--dry-run", "--offset", offset, "--length", length, file);
    String range = "\"wouldClear\":[{\"offset\":8192,\"length\":4096}]";
    assertTrue(result.out().contains(range), result.out() + result.err());
  }

  /** There is nothing there, at offsets that are in the message. */
  @ParameterizedTest
  @CsvSource({"1M, 1048576", "1G, 1073741824", "2T, 2199023255552", "0x3G, 3221225472"})
  void largeSizesHaveUnits(String offset, long bytes) throws IOException {
    Result result = FatJar.run("clear", "--dry-run", "--offset", offset, "--length", "4k", file);
    assertTrue(result.err().contains(String.valueOf(bytes)), result.err());
  }

  @Test
  void refusesWhatIsNotBadOrNotAligned() throws IOException {
    assertRefused("not all reported as bad", "--yes", 0, PAGE);
    assertRefused("not all reported as bad", "--yes", PAGE, 2 * PAGE);
    assertRefused("not all reported as bad", "--yes", 10 * PAGE, 3 * PAGE);
    assertRefused("not all reported as bad", "--dry-run", PAGES * PAGE, PAGE);
    assertRefused("not aligned to 4096", "--yes", 10 * PAGE + 512, PAGE);
    assertRefused("not aligned to 4096", "--dry-run", 10 * PAGE, PAGE + 512);
  }

  private void assertRefused(String why, String mode, long offset, long length) throws IOException {
    Result result = FatJar.run("clear", mode, "--offset", offset, "--length", length, file);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains(why), result.err());
    assertTrue(result.err().contains("nothing was cleared"), result.err());
    assertZeroed();
  }

  @Test
  void refusesWithoutADevice() throws IOException {
    ndctl.noDevice();
    for (String mode : List.of("--yes", "--dry-run")) {
      Result result = FatJar.run("clear", mode, file);
      assertEquals(ExitCodes.UNKNOWN, result.code());
      assertTrue(result.out().contains("Nothing was cleared."), result.out());
    }
    assertZeroed();
  }

  @Test
  void withoutATerminalItRefusesToGuess() throws IOException {
    Result result = FatJar.run("clear", file);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains("--yes"), result.err());
    assertZeroed();
  }

  @Test
  void onATerminalItAsksAndAcceptsOnlyYes() throws IOException {
    for (String answer : List.of("no", "y")) {
      Result result = onTerminal(answer);
      assertEquals(ExitCodes.BAD_BLOCKS, result.code(), result.out());
      assertTrue(result.out().contains("Type yes to zero them:"), result.out());
      assertTrue(result.out().contains("Nothing was cleared."), result.out());
      assertZeroed();
    }
    assertEquals(ExitCodes.OK, onTerminal("yes").code());
    assertZeroed(2, 10, 11);
  }

  /** script(1) makes a terminal. */
  private Result onTerminal(String answer) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String clear = java + " -jar " + FatJar.path() + " clear " + file;
    return FatJar.execute(
        Map.of(),
        List.of("sh", "-c", "echo '" + answer + "' | script -qec '" + clear + "' /dev/null"));
  }

  @Test
  void failureIsAnObjectToo() throws IOException {
    ndctl.add("fail ndctl_new EIO");
    Result result = FatJar.run("clear", "--json", "--yes", file);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.out().contains("\"error\":{\"code\":-5,\"name\":\"EIO\""), result.out());
    assertZeroed();
  }

  @Test
  void missingFile() throws IOException {
    Path missing = ndctl.directory().resolve("missing");
    Result result = FatJar.run("clear", "--yes", missing);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains("ENOENT (-2)"), result.err());
    assertEquals(
        1, FatJar.run("clear", "--yes", "--json", missing).lines().size(), "one object a line");
  }
}
