package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** All but the scrub itself: what the kernel would say of it is written by hand. */
@ExtendWith(NoLiveHandles.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScrubTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofMillis(30);

  @TempDir private Path directory;
  private FakeDisk disk;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = FakeDisk.create(directory);
  }

  private Scrub below() throws IOException {
    return Scrub.below(directory, disk.host());
  }

  @Test
  void theLastScrub() throws IOException {
    Files.writeString(disk.scrub(), "3\n");
    Scrub scrub = below();
    assertEquals(List.of("ndbus0"), scrub.buses());
    assertEquals(List.of(), scrub.notScrubbed());
    assertEquals(3, scrub.count());
    assertFalse(scrub.isRunning());
    assertTrue(scrub.await(Duration.ZERO));
    assertThrows(NullPointerException.class, () -> scrub.await(null));
  }

  @Test
  void aRunningScrub() throws IOException {
    Files.writeString(disk.scrub(), "3+\n");
    Scrub scrub = below();
    assertEquals(3, scrub.count());
    assertTrue(scrub.isRunning());
    assertFalse(scrub.await(MOMENT));
    assertFalse(scrub.await(Duration.ofDays(-1)));
    Files.writeString(disk.scrub(), "4\n");
    assertTrue(scrub.await(MINUTE));
  }

  @Test
  void theNextScrubIsAnother() throws IOException {
    Files.writeString(disk.scrub(), "3+\n");
    Scrub scrub = below();
    Files.writeString(disk.scrub(), "4+\n");
    assertTrue(scrub.await(MINUTE));
    assertTrue(scrub.isRunning());
  }

  /** Its mount cannot be looked at. */
  @Test
  void aPartOfThePathWhoseDevicesAreUnknown() throws IOException {
    Path proc = Files.createDirectories(directory.resolve("proc/self"));
    Files.writeString(
        proc.resolve("mountinfo"),
        "22 21 0:99 / %s/gone rw - btrfs /dev/pmem1 rw\n".formatted(directory.toRealPath()));
    Scrub scrub = Scrub.below(directory, disk.host().withProc(proc.getParent()));
    assertEquals(List.of("ndbus0"), scrub.buses());
    assertEquals(1, scrub.notScrubbed().size(), scrub.notScrubbed()::toString);
    assertTrue(scrub.notScrubbed().get(0).contains("/gone"), scrub.notScrubbed()::toString);
  }

  @Test
  void startsByWritingOne() throws IOException {
    Files.writeString(disk.scrub(), "3\n");
    Scrub scrub = Scrub.start(directory, disk.host());
    assertEquals("1\n", Files.readString(disk.scrub()));
    assertEquals(List.of("ndbus0"), scrub.buses());
  }

  @Test
  void whatIsNew() throws IOException {
    disk.list("8 2\n");
    Scrub scrub = below();
    assertEquals(List.of(), scrub.found());
    disk.list("8 4\n100 1\n");
    RangeSet expected = RangeSet.of(new ByteRange(10 * 512, 2 * 512), new ByteRange(51200, 512));
    assertEquals(List.of(new Scrub.Found(FakeDisk.NAME, expected, true)), scrub.found());
    disk.list("no list\n");
    assertEquals(List.of(new Scrub.Found(FakeDisk.NAME, RangeSet.empty(), false)), scrub.found());
  }

  @Test
  void aBusThatCannotBeScrubbed() throws IOException {
    Files.delete(disk.scrub());
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> Scrub.start(directory, disk.host()));
    assertTrue(e.getMessage().contains("pmem0") && e.getMessage().contains("verify"), e::toString);
  }

  @Test
  void aPipeHasNoDevice() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    FileSystemException e = assertThrows(FileSystemException.class, () -> Scrub.start(pipe));
    assertEquals(
        pipe
            + ": finding its device: name a regular file, a directory, a block device or a dax"
            + " device",
        e.getMessage());
  }

  @Test
  void noPersistentMemory() {
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> Scrub.start(Path.of("/proc/version")));
    assertTrue(e.getMessage().contains("no persistent memory"), e::toString);
  }

  @Test
  void noSuchPath() {
    Path missing = directory.resolve("missing");
    assertThrows(NoSuchFileException.class, () -> Scrub.start(missing, disk.host()));
  }

  @Test
  void whatTheKernelDoesNotWrite() throws IOException {
    Files.writeString(disk.scrub(), "three\n");
    IOException e = assertThrows(IOException.class, this::below);
    assertTrue(e.getMessage().contains(disk.scrub() + " is not what the kernel writes"));
    assertTrue(e.getMessage().contains("\"three\""));
  }
}
