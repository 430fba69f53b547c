package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.RangeSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which map identifies a copy, so that it is continued. */
class SalvageContinueTest extends SalvageTestCase {
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
  void aMapWithoutAFinishedBlockProvesNothing(String text) throws IOException {
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
  void aMapWithoutIdentityNeedsConfirmation() throws IOException {
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

  /** GNU ddrescue writes over an older file without truncating it. */
  @Test
  void aHoleReplacesWhatAnOlderCopyHasThere() throws IOException {
    Files.write(file, new byte[0]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content, 0, 4096), 0);
      channel.write(ByteBuffer.wrap(content, 65536, 4096), 65536);
      channel.write(ByteBuffer.wrap(new byte[1]), SIZE - 1);
    }
    Files.write(copy, content);
    Files.writeString(map, "0 ? 1\n0 4096 +\n4096 %d ?\n".formatted(SIZE - 4096));
    assertTrue(salvage().withForeignMap().run().complete());
    assertEquals(-1, Files.mismatch(file, copy));
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
  void startsAgainOnItsOwnCopyAlone() throws IOException {
    salvage().run();
    Files.write(file, content = random(SIZE / 2, 2));
    String why = refused(salvage());
    assertTrue(why.contains("size was 100000, is 50000") && why.contains("--restart"), why);
    assertEquals(
        new SalvageResult(SIZE / 2, RangeSet.empty(), Optional.empty()),
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

  /** In a copy that is finished, too: the medium may have healed. */
  @Test
  void whatWasLostIsTriedAgain() throws IOException {
    salvage().run();
    String whole = "0x00000000  0x000186A0  +";
    String text = Files.readString(map);
    assertTrue(text.contains(whole), text);
    Files.writeString(map, text.replace(whole, "0x0 0x1000 -\n0x1000 0x176A0 +"));
    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4096), 0);
    }
    SalvageResult again = salvage().run();
    assertTrue(again.complete() && again.finishedBefore().isPresent(), again::toString);
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
}
