package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A salvage overwrites nothing but its own copies and maps, and leaves nothing half-made. */
class SalvageOverwriteTest {
  private static final int SIZE = 100_000;

  private Path root;
  private Path file;
  private Path copy;
  private Path map;
  private byte[] content;

  @BeforeEach
  void make() throws IOException {
    root = FakeDisk.newDirectory("overwrite");
    content = random(SIZE, 1);
    file = Files.write(root.resolve("file"), content);
    copy = root.resolve("copy");
    map = root.resolve("copy.map");
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Salvage salvage() {
    return Salvage.of(file, copy);
  }

  private static String refused(Salvage salvage) {
    return assertThrows(IOException.class, () -> salvage.run()).getMessage();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# only a comment\n",
        "\n \n",
        "0x0 ? 1\n",
        "# Mapfile\n0x0 ? 1\n0x0 100000 ?\n",
        "0x0 + 1\n0x0 100000 -\n"
      })
  void aMapWithoutAFinishedBlockVouchesForNothing(String text) throws IOException {
    Files.writeString(copy, "precious");
    Files.writeString(map, text);
    refused(salvage());
    refused(salvage().withForeignMap());
    refused(salvage().withRestart());
    assertEquals("precious", Files.readString(copy));
    assertEquals(text, Files.readString(map));
    assertEquals(List.of("copy", "copy.map", "file"), names());
  }

  @Test
  void aMapThatIdentifiesNothingNeedsTheUsersWord() throws IOException {
    Files.write(copy, new byte[SIZE]);
    Files.writeString(map, "0 ? 1\n0 4096 +\n4096 %d ?\n".formatted(SIZE - 4096));
    assertTrue(refused(salvage()).contains("--foreign-map"));
    Path shorter = Files.write(root.resolve("shorter"), new byte[SIZE - 1]);
    refused(Salvage.of(shorter, copy).withMapFile(map).withForeignMap());
    Path longer = Files.write(root.resolve("longer"), new byte[SIZE + 1]);
    refused(Salvage.of(longer, copy).withMapFile(map).withForeignMap());
    assertArrayEquals(new byte[SIZE], Files.readAllBytes(copy));
    salvage().withForeignMap().run();
    Arrays.fill(content, 0, 4096, (byte) 0);
    assertArrayEquals(content, Files.readAllBytes(copy));
    salvage().run();
  }

  @Test
  void aReplacedCopyIsNotOurs() throws IOException {
    salvage().run();
    Path precious = Files.writeString(root.resolve("precious"), "precious");
    Files.delete(copy);
    Files.move(precious, copy);
    assertTrue(refused(salvage()).contains("does not identify this copy"));
    refused(salvage().withRestart());
    assertEquals("precious", Files.readString(copy));
  }

  @Test
  void beginsAnewOnItsOwnCopyAlone() throws IOException {
    salvage().run();
    Files.write(file, content = random(SIZE / 2, 2));
    String why = refused(salvage());
    assertTrue(why.contains("size was 100000, is 50000") && why.contains("--restart"), why);
    assertEquals(
        new CopyResult(SIZE / 2, RangeSet.empty(), Optional.empty()),
        salvage().withRestart().run());
    assertArrayEquals(content, Files.readAllBytes(copy));
  }

  @Test
  void aChangedSourceIsRefusedByWhatChanged() throws IOException, InterruptedException {
    salvage().run();
    Files.write(file, content = random(SIZE, 4));
    assertTrue(refused(salvage()).contains("modified was "));
    salvage().withRestart().run();
    Files.write(file, new byte[1], StandardOpenOption.APPEND);
    assertTrue(refused(salvage()).contains("size was 100000, is 100001"));
    Files.delete(copy);
    assertTrue(refused(salvage()).contains("--restart"), "the map is of another state");
  }

  /** A program may write within the second, even the millisecond. */
  @Test
  void theTimeOfAChangeIsKeptToTheNanosecond() throws IOException {
    FileTime before = FileTime.from(Instant.ofEpochSecond(1_700_000_000, 123_456_789));
    Files.setLastModifiedTime(file, before);
    salvage().run();
    Files.setLastModifiedTime(file, FileTime.from(before.toInstant().plusNanos(1)));
    String why = refused(salvage());
    assertTrue(why.contains("is 2023-11-14T22:13:20.123456790Z"), why);
    Files.setLastModifiedTime(file, before);
    salvage().run();
  }

  @Test
  void saysWhenItWasFinished() throws IOException {
    assertEquals(Optional.empty(), salvage().run().finishedBefore());
    Instant finished = salvage().run().finishedBefore().orElseThrow();
    assertTrue(Duration.between(finished, Instant.now()).toMinutes() < 5, finished::toString);
    assertEquals(Optional.of(finished), salvage().run().finishedBefore());
    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.truncate(10);
    }
    assertEquals(Optional.empty(), salvage().run().finishedBefore());
    assertArrayEquals(content, Files.readAllBytes(copy));
  }

  /** The node of a loop device is another device's after a boot. */
  @Test
  void twoDevicesAreNotMixed() throws IOException, InterruptedException {
    Path image = Files.write(root.resolve("image"), random(4 << 20, 5));
    Path other = Files.write(root.resolve("other"), random(4 << 20, 6));
    Path device = attach(image);
    assumeTrue(device != null, "may not attach a loop device");
    try {
      Salvage.of(device, copy).run();
      assertEquals(-1, Files.mismatch(image, copy));
      assertTrue(Salvage.of(device, copy).run().finishedBefore().isPresent());
    } finally {
      run("losetup", "-d", device);
    }
    Path second = attach(other);
    try {
      String why = refused(Salvage.of(second, copy));
      assertTrue(why.contains("device was loop/backing_file:"), why);
      assertEquals(-1, Files.mismatch(image, copy));
    } finally {
      run("losetup", "-d", second);
    }
  }

  private static Path attach(Path image) throws IOException, InterruptedException {
    Process losetup = new ProcessBuilder("losetup", "--find", "--show", image.toString()).start();
    String device = new String(losetup.getInputStream().readAllBytes()).strip();
    return losetup.waitFor() == 0 ? Path.of(device) : null;
  }

  /** Neither what has the name, nor what a link of that name leads to. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void noNameBesideTheMapIsTouched() throws Exception {
    Path precious = Files.writeString(root.resolve("precious"), "precious");
    Path name = root.resolve("copy.map.new");
    for (String made : List.of("ln -s precious", "ln precious", "cp precious", "mkfifo")) {
      String script = "cd '%s' && %s copy.map.new".formatted(root, made);
      assertEquals(0, new ProcessBuilder("sh", "-c", script).start().waitFor(), made);
      Files.deleteIfExists(copy);
      Files.deleteIfExists(map);
      salvage().run();
      assertArrayEquals(content, Files.readAllBytes(copy));
      assertEquals("precious", Files.readString(precious), made);
      assertEquals(List.of("copy", "copy.map", "copy.map.new", "file", "precious"), names());
      Files.delete(name);
    }
  }

  @Test
  void writesThroughNoLink() throws IOException {
    Path precious = Files.writeString(root.resolve("precious"), "");
    Files.createSymbolicLink(copy, precious);
    refused(salvage());
    Files.delete(copy);
    Files.createSymbolicLink(map, precious);
    refused(salvage());
    assertEquals("", Files.readString(precious));
    assertFalse(Files.exists(copy));
  }

  @Test
  void aFullDiskLeavesNothingHalfMade() throws IOException, InterruptedException {
    Path full = Files.createDirectory(root.resolve("full"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "full", full), "may not mount");
    try {
      Path target = full.resolve("copy");
      String why = refused(Salvage.of(file, target));
      assertTrue(why.startsWith(target + ": ") || why.startsWith(target + ".map: "), why);
      assertTrue(why.contains("ENOSPC") && why.contains("free space"), why);
      assertEquals(0, full.toFile().list().length);
      why = refused(Salvage.of(file, target).withMapFile(map));
      assertTrue(why.startsWith(target + ": ") && why.contains("ENOSPC"), why);
      assertTrue(run("mount", "-o", "remount,size=1m", full));
      Salvage.of(file, target).withMapFile(map).run();
      assertArrayEquals(content, Files.readAllBytes(target));

      Path fullMap = full.resolve("map");
      Files.delete(target);
      assertThrows(IOException.class, () -> Files.write(full.resolve("fill"), new byte[2 << 20]));
      why = refused(salvage().withMapFile(fullMap));
      assertTrue(why.startsWith(fullMap + ": ") && why.contains("--map"), why);
      assertFalse(Files.exists(copy));
      assertFalse(Files.exists(fullMap));
      salvage().run();

      assertTrue(run("mount", "-o", "remount,ro", full));
      Files.delete(copy);
      why = refused(salvage().withMapFile(fullMap));
      assertTrue(why.contains("EROFS") && why.contains("--map"), why);
      assertFalse(Files.exists(copy));
    } finally {
      run("umount", full);
    }
  }

  @Test
  void aNameWithoutRoomForTheMapsLeavesNothing() throws IOException {
    Path target = root.resolve("n".repeat(253));
    String why = refused(Salvage.of(file, target));
    assertTrue(why.contains("too long") && why.contains("--map"), why);
    assertEquals(List.of("file"), names());
    Salvage.of(file, target).withMapFile(map).run();
    assertArrayEquals(content, Files.readAllBytes(target));
  }

  @Test
  void aFailureInTheMiddleIsContinued() throws IOException {
    Files.write(file, content = random(40 << 20, 3));
    ProgressListener stop =
        progress -> {
          if (progress.done() >= progress.total().getAsLong() / 2) {
            throw new IllegalStateException("stop");
          }
        };
    assertThrows(IllegalStateException.class, () -> salvage().run(stop));
    assertThrows(FileAlreadyExistsException.class, () -> Salvage.of(map, copy).run());
    long[] first = {-1};
    salvage().run(progress -> first[0] = first[0] < 0 ? progress.done() : first[0]);
    assertTrue(first[0] > content.length / 2, "began again at " + first[0]);
    assertArrayEquals(content, Files.readAllBytes(copy));
  }

  @Test
  void aMapPastTheEndIsRefused() throws IOException {
    Files.write(copy, content);
    Files.writeString(map, "0 + 1\n0 %d +\n".formatted(SIZE + 1));
    assertTrue(refused(salvage().withForeignMap()).contains("past the end"));
    Files.writeString(map, "0 + 1\n0 %d +\n%d 1 ?\n".formatted(SIZE, SIZE));
    assertTrue(refused(salvage().withForeignMap()).contains("past the end"));
    // Without an end, as ddrescuelog --complete-mapfile makes it.
    Files.writeString(map, "0 + 1\n0 4096 +\n4096 %d ?\n".formatted(Long.MAX_VALUE - 4096));
    assertEquals(RangeSet.empty(), salvage().withForeignMap().run().lost());
  }

  @Test
  void twoDoNotWriteOneCopy() throws IOException {
    String[] why = {""};
    salvage().run(progress -> why[0] = refused(salvage()));
    assertTrue(why[0].contains("another process"), why[0]);
  }

  private static boolean run(Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }
}
