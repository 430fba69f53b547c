package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clearing zeroes exactly the requested ranges, or fails and changes no byte. */
class ClearTest {
  private static final int PAGES = 16;

  /** Pages 3 to 5 and 9. */
  private static final ByteRange LONG = new ByteRange(3 * PAGE, 3 * PAGE);

  private static final ByteRange SHORT = new ByteRange(9 * PAGE, PAGE);

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  private Path file;

  @BeforeEach
  void makeBadBlocks() throws IOException {
    file = ndctl.file("file", PAGES);
    ndctl.bad(file, LONG.offset(), LONG.length());
    ndctl.bad(file, SHORT.offset() + 1024, 512);
  }

  private void assertZeroedOnly(ByteRange... blocks) throws IOException {
    byte[] expected = ScriptedNdctl.content(PAGES);
    for (ByteRange block : blocks) {
      Arrays.fill(expected, (int) block.offset(), (int) block.end(), (byte) 0);
    }
    assertArrayEquals(expected, Files.readAllBytes(file));
    assertFalse(ndctl.log().contains("clear_error"), "a file is cleared by its file system");
  }

  private <T extends Exception> void refused(
      Class<T> expected, String why, Pmem2BadBlocks badBlocks, ByteRange block) throws IOException {
    byte[] before = Files.readAllBytes(file);
    long blocks = blocks();
    String message = assertThrows(expected, () -> badBlocks.clear(block)).getMessage();
    assertTrue(message.contains(why), message);
    assertTrue(message.contains(file.toString()), message);
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(blocks, blocks());
  }

  /** What the file occupies: a hole would show. */
  private long blocks() throws IOException {
    return Long.parseLong(ScriptedNdctl.run("stat", "-c", "%b", file.toString()).strip());
  }

  @Test
  void aReportedBadBlockBecomesZeros() throws IOException {
    long before = blocks();
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(Optional.of(LONG), badBlocks.next());
      badBlocks.clear(LONG);
      assertZeroedOnly(LONG);
      assertEquals(Optional.of(SHORT), badBlocks.next());
      badBlocks.clear(SHORT);
      assertZeroedOnly(LONG, SHORT);
      assertEquals(Optional.empty(), badBlocks.next());
    }
    assertTrue(blocks() >= before, "new blocks are in the place of the bad ones");
  }

  @Test
  void whatRemainingReturnedMayBeClearedInAnyOrder() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(List.of(LONG, SHORT), badBlocks.remaining());
      badBlocks.clear(SHORT);
      assertZeroedOnly(SHORT);
      badBlocks.clear(LONG);
      assertZeroedOnly(SHORT, LONG);
    }
  }

  @Test
  void anAlignedPartMayBeCleared() throws IOException {
    ByteRange middle = new ByteRange(4 * PAGE, PAGE);
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      badBlocks.clear(middle);
      assertZeroedOnly(middle);
      badBlocks.clear(new ByteRange(3 * PAGE, PAGE));
      assertZeroedOnly(new ByteRange(3 * PAGE, 2 * PAGE));
      badBlocks.clear(LONG); // what is left of it
      assertZeroedOnly(LONG);
    }
  }

  @Test
  void anUnalignedPartIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      for (ByteRange part :
          List.of(
              new ByteRange(LONG.offset(), 512),
              new ByteRange(LONG.offset() + 512, PAGE),
              new ByteRange(LONG.end() - 512, 512),
              new ByteRange(SHORT.offset() + 1024, 512),
              new ByteRange(LONG.offset(), 1))) {
        refused(IllegalArgumentException.class, "not aligned to", badBlocks, part);
      }
    }
  }

  @Test
  void whatWasNotReportedIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      for (ByteRange other :
          List.of(
              new ByteRange(0, PAGE),
              new ByteRange(LONG.offset() - PAGE, PAGE),
              new ByteRange(LONG.end(), PAGE),
              new ByteRange(LONG.offset(), LONG.length() + PAGE),
              new ByteRange(LONG.offset() - PAGE, 2 * PAGE),
              new ByteRange(0, PAGES * PAGE),
              new ByteRange(0, Long.MAX_VALUE),
              new ByteRange(1L << 40, PAGE),
              new ByteRange(Long.MAX_VALUE - 1, 1))) {
        refused(IllegalArgumentException.class, "was not reported as bad", badBlocks, other);
      }
    }
  }

  @Test
  void whatHasNotBeenReturnedYetIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(Optional.of(LONG), badBlocks.next());
      refused(IllegalArgumentException.class, "was not reported as bad", badBlocks, SHORT);
    }
  }

  /** deviceMatched() reads ahead, but does not report the block. */
  @Test
  void whatWasOnlyReadAheadIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertTrue(badBlocks.deviceMatched());
      refused(IllegalArgumentException.class, "was not reported as bad", badBlocks, LONG);
      assertEquals(Optional.of(LONG), badBlocks.next());
      badBlocks.clear(LONG);
      assertZeroedOnly(LONG);
    }
  }

  /** libpmem2 reports a block once for each error in it, and a caller clears what is reported. */
  @Test
  void whatWasClearedIsNotClearedAgain() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      badBlocks.clear(SHORT);
      byte[] data = new byte[PAGE];
      Arrays.fill(data, (byte) 7);
      try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
        channel.position(SHORT.offset()).write(java.nio.ByteBuffer.wrap(data));
      }
      byte[] restored = Files.readAllBytes(file);
      badBlocks.clear(SHORT);
      assertArrayEquals(restored, Files.readAllBytes(file));
    }
  }

  /** New blocks are healthy: another context's report of the same range is out of date. */
  @Test
  void whatAnotherContextClearedIsRefused() throws IOException {
    try (Pmem2BadBlocks stale = Pmem2BadBlocks.open(file);
        Pmem2BadBlocks other = Pmem2BadBlocks.open(file)) {
      stale.remaining();
      other.remaining();
      ndctl.fsdax(); // what the kernel says once the blocks are free and cleared
      refused(NotBadException.class, "no longer reported as bad", stale, SHORT);
      refused(NotBadException.class, "no longer reported as bad", other, LONG);
    }
  }

  @Test
  void whatIsOnlyPartlyStillBadIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      ndctl.fsdax().bad(file, LONG.offset(), PAGE);
      refused(NotBadException.class, "no longer reported as bad", badBlocks, LONG);
      ByteRange part = new ByteRange(LONG.offset(), PAGE);
      badBlocks.clear(part);
      assertZeroedOnly(part);
    }
  }

  @Test
  void withoutADeviceNothingIsCleared() throws IOException {
    ndctl.noDevice();
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      refused(IllegalStateException.class, "found no device", badBlocks, LONG);
      assertEquals(Optional.empty(), badBlocks.next());
      refused(IllegalStateException.class, "found no device", badBlocks, LONG);
    }
  }

  /** The device is gone when it is queried again. */
  @Test
  void withoutTheDeviceOfBeforeNothingIsCleared() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      ndctl.noDevice();
      refused(NotBadException.class, "no longer reported as bad", badBlocks, LONG);
    }
  }

  @Test
  void whereTheDeviceCannotBeAskedAgainNothingIsCleared() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      ndctl.add("fail ndctl_new EIO");
      refused(Pmem2Exception.class, "EIO", badBlocks, LONG);
    }
  }

  @Test
  void readOnlyIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.openReadOnly(file)) {
      assertEquals(List.of(LONG, SHORT), badBlocks.remaining());
      refused(IllegalStateException.class, "read-only", badBlocks, LONG);
    }
    try (Pmem2Source source = Pmem2Source.open(file, StandardOpenOption.READ);
        Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
      badBlocks.remaining();
      refused(IllegalStateException.class, "read-only", badBlocks, LONG);
    }
  }

  @Test
  void closedIsRefused() throws IOException {
    Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file);
    badBlocks.remaining();
    badBlocks.close();
    refused(IllegalStateException.class, "is closed", badBlocks, LONG);
    try (Pmem2Source source = Pmem2Source.open(file)) {
      Pmem2BadBlocks borrowed = Pmem2BadBlocks.open(source);
      borrowed.remaining();
      borrowed.close();
      refused(IllegalStateException.class, "is closed", borrowed, LONG);
    }
  }

  @Test
  void nothingButARangeIsAccepted() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      assertThrows(NullPointerException.class, () -> badBlocks.clear((ByteRange) null));
      assertZeroedOnly();
    }
  }

  /** The file moved on the disk: the report is of blocks that are another's now. */
  @Test
  void aFileThatMovedIsRefused() throws IOException {
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      badBlocks.remaining();
      // In place of this file's blocks come others, while the old ones stay bad.
      try (var channel = java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(0);
        Files.write(ndctl.directory().resolve("in-between"), new byte[PAGE]);
        channel.write(java.nio.ByteBuffer.wrap(ScriptedNdctl.content(PAGES)), 0);
        channel.force(true);
      }
      long physical = ScriptedNdctl.extents(file).get(0).physical();
      ndctl.fsdax().add("badblock " + (physical / 512 + PAGES * PAGE / 512) + " 8");
      refused(NotBadException.class, "no longer reported as bad", badBlocks, LONG);
    }
  }
}
