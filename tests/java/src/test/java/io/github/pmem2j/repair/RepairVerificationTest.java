package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A range stays in the journal unless the medium has its bytes, in healthy blocks. */
class RepairVerificationTest extends RepairTestCase {
  private static final ByteRange BAD = new ByteRange(5 * PAGE, PAGE);

  @BeforeEach
  void damage() throws IOException {
    pmem.spoil(file, BAD.offset() + 600);
  }

  private void writeOther() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(100), BAD.offset() + 2048);
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void spoil() {
    try {
      pmem.spoil(file, BAD.offset());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertLost(String why, RepairResult result) throws IOException {
    assertEquals(List.of(Outcome.FAILED), outcomes(result), result::toString);
    String message = result.ranges().get(0).message();
    assertTrue(message.startsWith("it was not restored: " + why), message);
    assertEquals(List.of(BAD), unfinished());
    pmem.setBad(List.of());
    BadRange left = pmem.scan(file).badRanges().get(0);
    assertEquals(BadRange.Kind.ZEROED, left.kind());
    assertEquals(BAD, left.range());
    pmem.refuseReplacement(null);
    assertTrue(repair().finished());
    assertWhole();
  }

  @Test
  void theBytesAreCompared() throws IOException {
    assertLost("it does not read back as written", repair(RepairStep.SYNCED, this::writeOther));
  }

  @Test
  void theDevicesAreQueried() throws IOException {
    assertLost("the blocks in its place are bad too", repair(RepairStep.SYNCED, this::spoil));
  }

  @Test
  void anotherAttemptGetsHealthyBlocks() throws IOException {
    int[] times = {0};
    RepairResult result =
        repair(
            RepairStep.SYNCED,
            () -> {
              if (times[0]++ == 0) {
                spoil();
              }
            });
    assertEquals(List.of(Outcome.RESTORED), outcomes(result), result::toString);
    assertEquals(2, times[0]);
    pmem.setBad(List.of());
    assertWhole();
  }

  /** The page cache has the bytes, so they read back as written. */
  @Test
  void whatIsNotSyncedIsLost() throws IOException {
    new ChildJvm()
        .env(ChildJvm.preloading("libfailing_sync.so"))
        .env("PMEM2J_SYNCS", "1")
        .tests(UnsyncedDataChecks.class);
  }

  /** Where blocks cannot be replaced, and the attempt to overwrite them changed the others. */
  @Test
  void whatIsKeptIsCompared() throws IOException {
    pmem.refuseReplacement("the file system cannot");
    assertLost("the file system cannot", repair(RepairStep.OVERWRITTEN, this::writeOther));
  }
}
