package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.cli.FatJar.Result;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repairs that are refused, or have nothing to do; the others are on the emulated machine. */
class RepairCommandTest {
  @TempDir private Path directory;

  private Path file;
  private Path replica;

  @BeforeEach
  void make() throws IOException {
    file = Files.writeString(directory.resolve("file"), "content");
    replica = Files.writeString(directory.resolve("replica"), "content");
  }

  private void assertRefused(String why, Object... args) throws IOException {
    List<Path> before = files();
    Result result = FatJar.run(args);
    assertTrue(result.err().contains(why), result.err());
    assertEquals(ExitCodes.ERROR, result.code());
    assertEquals("content", Files.readString(file));
    assertEquals(before, files());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void requiresASourceOfTheBytes() throws IOException {
    assertRefused("name another copy of the file with --from, or accept zeros", "repair", file);
    assertRefused("--from=REPLICA, --zero", "repair", "--from", replica, "--zero", file);
    assertRefused("add --yes or --dry-run", "repair", "--json", "--from", replica, file);
  }

  @Test
  void refusesAReplicaOfAnotherState() throws IOException {
    Files.writeString(replica, "content and more");
    String why = replica + " is no copy of " + file + " as it is now: it has 16 bytes and not 7.";
    assertRefused(why, "repair", "--yes", "--from", replica, file);
    assertRefused(why, "repair", "--dry-run", "--from", replica, file);
  }

  @Test
  void refusesTheFileItself() throws IOException {
    Path link = Files.createLink(directory.resolve("link"), file);
    assertRefused(
        link + " is " + file + " itself: name another copy", "repair", "--from", link, file);
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    Path none = directory.resolve("none");
    assertRefused(none.toString(), "repair", "--from", none, file);
    assertRefused(none.toString(), "repair", "--from", replica, none);
    Result json = FatJar.run("repair", "--json", "--yes", "--from", none, file);
    assertEquals(ExitCodes.ERROR, json.code());
    assertTrue(json.out().startsWith("{\"path\":\"" + file + "\",\"error\":{"), json.out());
    assertTrue(json.out().contains("\"name\":\"ENOENT\""), json.out());
  }

  @Test
  void keepsNoJournalInAFile() throws IOException {
    String why = replica + ": not a directory";
    assertRefused(why, "repair", "--zero", "--yes", "--journal", replica, file);
  }

  @Test
  void hasNothingToDo() throws IOException {
    List<Path> before = files();
    Result result = FatJar.run("repair", "--from", replica, file);
    String nothing = "not on persistent memory: nothing is known of errors there";
    assertEquals(file + ": " + nothing, result.lines().get(0));
    assertEquals(file + ": to be cleared: 0 bytes", result.lines().get(1));
    assertEquals(before, files());
  }

  /** What is lost between the list and the repair may have a better source than zeros. */
  @Test
  void zeroesNothingThatItHasNotShown() throws IOException {
    Path data = FakeDisk.newDirectory("zeros");
    byte[] content = new byte[16384];
    Arrays.fill(content, (byte) 1);
    Path bad = Files.write(data.resolve("bad"), content);
    ChildJvm.Result result = SimulatedRun.worsening(data, "repair", "--zero", "--yes", bad);
    assertEquals(ExitCodes.ERROR, result.exit(), result.output());
    String why = "more of it is lost than was shown: run the command again";
    assertTrue(result.output().contains(why), result.output());
    assertArrayEquals(
        Arrays.copyOfRange(content, 8192, 16384),
        Arrays.copyOfRange(Files.readAllBytes(bad), 8192, 16384));
  }
}
