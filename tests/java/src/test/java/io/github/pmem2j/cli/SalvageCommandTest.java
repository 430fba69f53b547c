package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code salvage} and {@code verify} of what is whole; damage is on the emulated machine. */
@Tag("slow")
class SalvageCommandTest {
  private static final int SIZE = 3 << 20;

  @TempDir private Path directory;

  private Path file;
  private Path copy;

  @BeforeEach
  void make() throws IOException {
    file = Files.write(directory.resolve("file"), new byte[SIZE]);
    copy = directory.resolve("copy");
  }

  @Test
  void copies() throws IOException {
    Result result = FatJar.run("salvage", file, copy);
    assertEquals(ExitCodes.OK, result.code(), result.err());
    assertEquals(-1, Files.mismatch(file, copy));
    assertTrue(Files.exists(directory.resolve("copy.map")));
    Path map = directory.resolve("map");
    Path other = directory.resolve("other");
    Result json = FatJar.run("salvage", "--json", "--map", map, file, other);
    assertEquals("{\"path\":\"" + file + "\",\"size\":" + SIZE + ",\"lost\":[]}\n", json.out());
    assertTrue(Files.exists(map));
  }

  @Test
  void reportsAnEarlierCompletionAndWhatChanged() throws IOException {
    assertEquals(
        file + ": all of 3145728 bytes (3.0 MiB) can be read\n",
        FatJar.run("salvage", file, copy).out());
    String date = "\\d{4}-\\d\\d-\\d\\dT[0-9:]+Z";
    Result again = FatJar.run("salvage", file, copy);
    String expected =
        ": the copy of all 3145728 bytes \\(3.0 MiB\\) was finished on "
            + date
            + ", nothing was read now\n";
    assertTrue(again.out().matches(file + expected), again.out());
    String json = FatJar.run("salvage", "--json", file, copy).out();
    assertTrue(json.matches(".*\"lost\":\\[],\"finishedBefore\":\"" + date + "\"}\n"), json);
    Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
    assertTrue(run("salvage", file, copy).err().contains("size was 3145728, is 3145729"));
    Result failed = run("salvage", "--json", file, copy);
    assertTrue(failed.out().contains("size was 3145728, is 3145729"), failed.out());
    assertEquals(ExitCodes.OK, FatJar.run("salvage", "--restart", file, copy).code());
    assertEquals(-1, Files.mismatch(file, copy));
  }

  @Test
  void continuesWithAForeignMapOnlyOnRequest() throws IOException {
    Files.write(copy, new byte[SIZE]);
    Files.writeString(directory.resolve("copy.map"), "0 ? 1\n0 10 +\n10 " + (SIZE - 10) + " ?\n");
    assertTrue(run("salvage", file, copy).err().contains("--foreign-map"));
    assertEquals(ExitCodes.OK, FatJar.run("salvage", "--foreign-map", file, copy).code());
  }

  /** cron, systemd and many containers set no locale. */
  @Test
  void namesThatTheLocaleCannotExpress() throws IOException {
    String script =
        """
        cd %s && cafe=$(printf 'caf\\303\\251') && mv file "$cafe" && java='%s -jar %s'
        export LC_ALL=C
        $java salvage "$cafe" "$cafe.copy" && cmp "$cafe" "$cafe.copy" && ls "$cafe.copy.map"
        $java repair --dry-run --json "$PWD/$cafe"
        $java verify "no $cafe"
        """
            .formatted(
                directory, Path.of(System.getProperty("java.home"), "bin", "java"), FatJar.path());
    Result result = FatJar.execute(Map.of(), List.of("sh", "-c", script));
    assertEquals("café.copy.map", result.lines().get(1), result.err());
    String journal = "\"journal\":\"" + directory + "/.café.pmem2j-repair\"";
    assertTrue(result.out().contains(journal), result.out() + result.err());
    assertTrue(result.err().contains("no café: open failed: ENOENT"), result.err());
  }

  @Test
  void namesWhatPreventsEvenRootFromWriting() throws IOException, InterruptedException {
    Files.createFile(copy);
    assumeTrue(succeeds("chattr", "+a", copy), "the file system or the user allows no attributes");
    Result result;
    try {
      result = FatJar.run("salvage", file, copy);
    } finally {
      succeeds("chattr", "-a", copy);
    }
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains("chattr"), result.err());
  }

  private static boolean succeeds(Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  @Test
  void overwritesNothing() throws IOException {
    Files.writeString(copy, "precious");
    Result result = FatJar.run("salvage", file, copy);
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains("there is no mapfile " + copy + ".map"), result.err());
    assertEquals("precious", Files.readString(copy));
  }

  @Test
  void aLinkThatLeadsNowhereIsNamedAsGiven() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("missing"));
    for (Result result :
        List.of(
            FatJar.run("salvage", file, link), FatJar.run("salvage", "--map", link, file, copy))) {
      assertEquals(ExitCodes.ERROR, result.code());
      assertTrue(result.err().startsWith("pmem2j: " + link + ": "), result.err());
    }
    assertFalse(Files.exists(copy));
  }

  @Test
  void theMapIsNeverWrittenOverTheSource() throws IOException {
    Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
    byte[] content = Files.readAllBytes(file);
    Path link = Files.createLink(directory.resolve("link"), file);
    Path asMap = Files.write(directory.resolve("a.map"), content);
    run("salvage", "--map", file, file, copy);
    run("salvage", "--map", link, file, copy);
    run("salvage", "--map", copy, file, copy);
    run("salvage", asMap, directory.resolve("a"));
    run("salvage", file, link);
    run("salvage", "--map", Files.writeString(directory.resolve("no map"), "notes"), file, copy);
    assertFalse(Files.exists(copy));
    for (Path source : new Path[] {file, asMap}) {
      assertArrayEquals(content, Files.readAllBytes(source), source::toString);
    }
    assertEquals("notes", Files.readString(directory.resolve("no map")));
  }

  @Test
  void aLongerCopyIsOfAnotherFile() throws IOException {
    assertEquals(ExitCodes.OK, FatJar.run("salvage", file, copy).code());
    Path map = directory.resolve("copy.map");
    Files.writeString(map, Files.readString(map).replaceFirst("# Source: .*\n", ""));
    Path shorter = Files.write(directory.resolve("shorter"), new byte[SIZE / 2]);
    run("salvage", shorter, copy);
    assertEquals(-1, Files.mismatch(file, copy));
  }

  @Test
  void verifies() throws IOException {
    Result result = FatJar.run("verify", "--json", file);
    String line = "{\"path\":\"%s\",\"size\":%d,\"readFrom\":\"medium\",\"lost\":[]}\n";
    assertEquals(line.formatted(file, SIZE), result.out());
    assertEquals(ExitCodes.OK, result.code());
    assertEquals(
        file + ": all of 3145728 bytes (3.0 MiB) can be read from the medium\n",
        FatJar.run("verify", file).out());
    Result both = FatJar.run("verify", "--json", directory.resolve("none"), file);
    assertEquals(ExitCodes.ERROR, both.code());
    assertTrue(both.lines().get(0).contains("\"name\":\"ENOENT\""), both.out());
    assertEquals(result.out().strip(), both.lines().get(1), "the others are read all the same");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reading it takes an hour
  void verifiesOverHoles() throws IOException {
    Path sparse = directory.resolve("sparse");
    long size = 1L << 40;
    try (RandomAccessFile open = new RandomAccessFile(sparse.toFile(), "rw")) {
      open.setLength(size);
      open.seek(size / 2);
      open.write(1);
    }
    Result result = FatJar.run("verify", "--json", sparse);
    String line = "{\"path\":\"%s\",\"size\":%d,\"readFrom\":\"medium\",\"lost\":[]}\n";
    assertEquals(line.formatted(sparse, size), result.out());
    assertEquals(ExitCodes.OK, result.code());
  }

  /** The error names the mapfile, not the paths by which this process reaches it. */
  @Test
  void theNameOfTheMapfileIsTooLong() throws IOException {
    Path longest = directory.resolve("x".repeat(252));
    Result result = run("salvage", file, longest);
    String expected =
        "pmem2j: " + longest + ".map: rename: File name too long: the mapfile cannot be ";
    assertTrue(result.err().startsWith(expected), result.err());
    assertTrue(result.err().contains("name another place (--map)"), result.err());
    assertFalse(Files.exists(longest));
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void refusesWhatCannotBeReadTwice() throws Exception {
    Path pipe = directory.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
    assertTrue(made.waitFor(10, TimeUnit.SECONDS));
    for (Result result : new Result[] {run("verify", pipe), run("salvage", pipe, copy)}) {
      assertTrue(result.err().contains("only regular files and block devices"), result.err());
    }
    assertFalse(Files.exists(copy));
    run("verify", directory);
  }

  private static Result run(Object... args) throws IOException {
    Result result = FatJar.run(args);
    assertEquals(ExitCodes.ERROR, result.code());
    return result;
  }
}
