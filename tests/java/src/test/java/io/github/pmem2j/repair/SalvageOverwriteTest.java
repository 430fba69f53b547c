package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.internal.linux.Descriptor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing is overwritten or left behind that is not the copy. */
class SalvageOverwriteTest extends SalvageTestCase {
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

  /** The source may be a mapfile, which this could read. */
  @Test
  void theFilesAreThree() throws IOException {
    String text = "0 ? 1\n0 1 +\n";
    Files.writeString(file, text);
    Files.createLink(copy, file);
    assertEquals(copy + ": a file cannot be its own copy: name another", refused(salvage()));
    Files.delete(copy);
    Path other = Files.createDirectory(root.resolve("other"));
    for (Path name : List.of(file, Files.createLink(map, file), copy, other.resolve("../copy"))) {
      String why = refused(salvage().withMapFile(name));
      assertEquals(name + ": the mapfile would be written over it: name another mapfile", why);
    }
    assertEquals(text, Files.readString(file));
    assertFalse(Files.exists(copy));
    Files.delete(map);
    Files.createLink(map, Files.writeString(copy, text));
    String why = refused(salvage());
    assertEquals(map + ": the mapfile would be written over it: name another mapfile", why);
    assertEquals(text, Files.readString(copy));
    Files.delete(copy);
    salvage().withMapFile(other.resolve("copy")).run();
    assertEquals(text, Files.readString(copy));
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
  void aNameTooLongForItsMapfileLeavesNothing() throws IOException {
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
  void twoDoNotWriteOneCopy() throws IOException {
    String[] why = {""};
    salvage().run(progress -> why[0] = refused(salvage()));
    assertTrue(why[0].contains("another process"), why[0]);
  }

  @Test
  void twoDoNotWriteOneMapfile() throws IOException {
    Path second = root.resolve("second");
    String[] why = {""};
    salvage().run(progress -> why[0] = refused(Salvage.of(file, second).withMapFile(map)));
    assertEquals(
        map + ": another process is writing to this mapfile: wait for it, or name another", why[0]);
    assertFalse(Files.exists(second));
    assertArrayEquals(content, Files.readAllBytes(copy));
  }

  @Test
  void whatReplacedTheMapfileStays() throws IOException {
    ProgressListener replacing =
        progress -> {
          try {
            Files.move(
                Files.writeString(root.resolve("other"), "precious"),
                map,
                StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    IOException e = assertThrows(IOException.class, () -> salvage().run(replacing));
    assertEquals(map + ": another program has replaced it: name another mapfile", e.getMessage());
    assertEquals("precious", Files.readString(map));
  }

  @Test
  void aMapfileThatWasRemovedIsWrittenAgain() throws IOException {
    ProgressListener removing =
        progress -> {
          try {
            Files.deleteIfExists(map);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    salvage().run(removing);
    assertTrue(Files.readString(map).contains("  +\n"));
    assertArrayEquals(content, Files.readAllBytes(copy));
  }

  /** Between the check of the names and the first mapfile. */
  @Test
  void aMapfileThatHasJustAppearedIsNotReplaced() throws IOException {
    try (SalvageMapFile mine = new SalvageMapFile(map);
        Descriptor target = Descriptor.open(file, Descriptor.Mode.READ)) {
      Files.writeString(map, "precious");
      assertThrows(FileAlreadyExistsException.class, () -> mine.save("0 ? 1\n", target));
    }
    assertEquals("precious", Files.readString(map));
    assertEquals(List.of("copy.map", "file"), names());
  }

  /** Such as the image of a disk that nothing has been written to yet. */
  @Test
  void aFileOfHolesIsNotOverwrittenWithoutAMap() throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(copy.toFile(), "rw")) {
      open.setLength(SIZE);
    }
    assertTrue(refused(salvage()).contains("there is no mapfile"));
    assertArrayEquals(new byte[SIZE], Files.readAllBytes(copy));
    assertEquals(List.of("copy", "file"), names());
  }
}
