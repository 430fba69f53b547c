package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies and verifications of a damaged file whose thread is interrupted. */
class CancelledSalvageTest {
  private static final int PAGE = 4096;
  private static final int SIZE = (20 << 20) + 100;
  private static final int FIRST = 5 << 20;
  private static final int SECOND = 12 << 20;

  /** They come past the first loss. */
  private static final int INTERRUPTED_RUNS = 30;

  private static final RangeSet LOST =
      RangeSet.of(new ByteRange(FIRST, PAGE), new ByteRange(SECOND, PAGE));

  private static final ProgressListener INTERRUPTING =
      progress -> Thread.currentThread().interrupt();

  private RepairDisk pmem;
  private Path file;
  private Path copy;
  private Path map;

  /** Of the copy: what is lost is zeros. */
  private byte[] expected;

  @BeforeEach
  void make() throws IOException {
    Path root = FakeDisk.newDirectory("cancel");
    pmem = RepairDisk.create(root);
    file = root.resolve("file");
    copy = root.resolve("copy");
    map = root.resolve("map");
    expected = new byte[SIZE];
    new Random(6).nextBytes(expected);
    Files.write(file, expected);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    pmem.spoil(file, FIRST, SECOND + 512);
    for (ByteRange lost : LOST) {
      Arrays.fill(expected, (int) lost.offset(), (int) lost.end(), (byte) 0);
    }
  }

  @AfterEach
  void noInterruptIsLeft() {
    assertFalse(Thread.interrupted());
  }

  private SalvageResult salvage(ProgressListener listener) throws IOException {
    SalvageOptions options = new SalvageOptions(false, false);
    return SalvageCopy.run(file, copy, map, options, pmem.scanned(), listener);
  }

  private SalvageReader reader() throws IOException {
    return SalvageReader.open(file, pmem.scanned());
  }

  @Test
  void aSalvageReportsItsProgressAndHowToResume() throws IOException {
    CancelledException e = assertThrows(CancelledException.class, () -> salvage(INTERRUPTING));
    assertTrue(Thread.interrupted());
    assertEquals(OptionalLong.of(SIZE), e.progress().total());
    assertEquals(
        "%s: salvage cancelled by an interrupt of its thread after %d of %d bytes: run the same again, which continues with the mapfile %s"
            .formatted(file, e.progress().done(), SIZE, map),
        e.getMessage());
    assertTrue(0 < e.progress().done() && e.progress().done() < FIRST, e::getMessage);
    assertTrue(Files.readString(map).contains("0x%08X  +".formatted(e.progress().done())));
  }

  /** Each run has time for one piece. */
  @Test
  void aSalvageCancelledRepeatedlyCompletes() throws IOException {
    List<Long> done = new ArrayList<>();
    SalvageResult result = null;
    while (result == null) {
      try {
        result = salvage(done.size() < INTERRUPTED_RUNS ? INTERRUPTING : ProgressListener.none());
      } catch (CancelledException e) {
        done.add(e.progress().done());
      }
      assertEquals(result == null, Thread.interrupted());
    }
    assertEquals(done.stream().sorted().distinct().toList(), done);
    assertEquals(LOST, result.lost());
    assertArrayEquals(expected, Files.readAllBytes(copy));
  }

  /** With that, the next run would take zeros for what was read. */
  @Test
  void aListenerThatThrowsLeavesNothingLostAsFinished() throws IOException {
    ProgressListener failing =
        progress -> {
          if (progress.lost() > 0) {
            throw new IllegalStateException("at the first loss");
          }
        };
    assertThrows(IllegalStateException.class, () -> salvage(failing));
    assertEquals(LOST, salvage(ProgressListener.none()).lost());
    assertArrayEquals(expected, Files.readAllBytes(copy));
  }

  @Test
  void aVerificationGoesOnWhereItWas() throws IOException {
    try (SalvageReader reader = reader()) {
      assertEquals(new ReadResult(SIZE, LOST), reader.verify());
      RangeSet.Builder lost = RangeSet.builder();
      int cancelled = 0;
      long at = 0;
      for (boolean more = true; more; ) {
        try {
          ReadResult rest = reader.verify(at, INTERRUPTING);
          assertEquals(SIZE, at + rest.length());
          lost.addAll(rest.lost());
          more = false;
        } catch (CancelledException e) {
          assertTrue(at < e.progress().done());
          at = e.progress().done();
          assertEquals(e.progress().lost(), e.lost().total());
          lost.addAll(e.lost());
          cancelled++;
        }
        assertTrue(Thread.interrupted());
      }
      assertEquals(LOST, lost.build());
      assertEquals(20, cancelled);
    }
  }

  @Test
  void aVerificationReportsItsProgress() throws IOException {
    List<Progress> all = new ArrayList<>();
    try (SalvageReader reader = reader()) {
      reader.verify(2 * PAGE, all::add);
    }
    assertEquals(
        new Progress(file, Progress.Unit.BYTES, 2 * PAGE + (1 << 20), OptionalLong.of(SIZE), 0),
        all.get(0));
    assertEquals(
        new Progress(file, Progress.Unit.BYTES, SIZE, OptionalLong.of(SIZE), 2 * PAGE),
        all.get(all.size() - 1));
  }

  /** Only long work is cancelled. */
  @Test
  void anInterruptedThreadReads() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Thread.currentThread().interrupt();
    try (SalvageReader reader = reader()) {
      assertEquals(LOST, reader.transferTo(0, Long.MAX_VALUE, out).lost());
    }
    assertTrue(Thread.interrupted());
    assertArrayEquals(expected, out.toByteArray());
  }
}
