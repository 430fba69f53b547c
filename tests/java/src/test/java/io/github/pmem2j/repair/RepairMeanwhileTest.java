package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What others do to a file while it is repaired. */
class RepairMeanwhileTest extends RepairTestCase {
  private static final long[] LOST = {3 * PAGE, 12 * PAGE + 512};

  @BeforeEach
  void damage() throws IOException {
    pmem.spoil(file, LOST);
  }

  private void once(Path mark, Runnable event) {
    if (!Files.exists(mark)) {
      try {
        Files.createFile(mark);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      event.run();
    }
  }

  private static void open(Path path, FileAction action) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      action.on(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface FileAction {
    void on(FileChannel channel) throws IOException;
  }

  @ParameterizedTest
  @EnumSource(
      value = RepairStep.class,
      names = {"MARKED", "BYTES_FETCHED", "CLEARING_SYNCED", "ALLOCATED", "SYNCED", "UNMARKED"})
  void aFileThatIsRenamedIsRepaired(RepairStep step) throws IOException {
    Path renamed = file.resolveSibling("renamed");
    RepairStep.Hook before = pmem.findingGoodBlocks(file);
    RepairStep.Hook after = pmem.findingGoodBlocks(renamed);
    RepairStep.Hook hook =
        done -> {
          if (done == step && Files.exists(file)) {
            move(file, renamed);
          }
          (Files.exists(file) ? before : after).after(done);
        };
    RepairResult result =
        new RepairRun(file, null, false, pmem.scanned(), hook).run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    file = renamed;
    assertWhole();
  }

  /** Its end is the user's; what lay behind it is not brought back, and nothing says "lost". */
  @ParameterizedTest
  @EnumSource(
      value = RepairStep.class,
      names = {"PLANNED", "BYTES_FETCHED", "CLEARING_SYNCED", "ALLOCATED", "RESTORED", "SYNCED"})
  void aFileThatIsCutIsNotMadeLongerAgain(RepairStep step) throws IOException {
    Path mark = file.resolveSibling("mark");
    long size = 5 * PAGE + 100;
    RepairResult result =
        repair(step, () -> once(mark, () -> open(file, channel -> channel.truncate(size))));
    assertEquals(size, Files.size(file), result::toString);
    if (!result.finished()) {
      result = repairCut();
    }
    assertTrue(result.finished(), result::toString);
    assertEquals(size, Files.size(file));
    assertArrayEquals(Arrays.copyOf(content, (int) size), Files.readAllBytes(file));
    assertEquals(Verdict.CLEAN, pmem.scan(file).verdict(), () -> scan(file).toString());
  }

  private RepairResult repairCut() throws IOException {
    open(replica, channel -> channel.truncate(Files.size(file)));
    return repair();
  }

  /** The bytes that were added to a bad last block exist nowhere else. */
  @Test
  void aFileThatGrowsKeepsWhatIsAdded() throws IOException {
    pmem.spoil(file, 20 * PAGE);
    byte[] added = "added".getBytes(StandardCharsets.US_ASCII);
    RepairResult result =
        repair(RepairStep.PLANNED, () -> open(file, channel -> append(channel, added)));
    assertEquals(List.of(Outcome.RESTORED, Outcome.RESTORED, Outcome.FAILED), outcomes(result));
    assertTrue(result.toString().contains("has grown"), result::toString);
    open(replica, channel -> append(channel, added));
    assertArrayEquals(Files.readAllBytes(replica), Files.readAllBytes(file));
    result = repair();
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(Files.readAllBytes(replica), Files.readAllBytes(file));
  }

  @Test
  void aFileThatGrowsAfterAnInterruptionKeepsWhatIsAdded() throws IOException {
    new ChildJvm().env(ChildJvm.preloading("libno_allocation.so")).tests(NoAllocationChecks.class);
  }

  /** Its journal would be beside the other file, under the name of that one's. */
  @Test
  void aFileThatIsReplacedBeforeItIsScannedIsNotChanged() throws IOException {
    Path renamed = file.resolveSibling("renamed");
    RangeRestorer replacing =
        new RangeRestorer() {
          @Override
          public void restore(ByteRange range, ByteBuffer target) {
            throw new AssertionError(range);
          }

          @Override
          public void check(Path checked, long size) throws IOException {
            Files.move(file, renamed);
            Files.copy(renamed, file);
          }
        };
    IOException e =
        assertThrows(IOException.class, () -> walk(RepairStep.Hook.NONE).run(replacing));
    assertEquals(file + ": it was renamed meanwhile: repair it by its new path", e.getMessage());
    assertArrayEquals(content, Files.readAllBytes(renamed));
    assertFalse(Files.exists(file.resolveSibling(".file.pmem2j-repair")));
  }

  /** A write that the driver took, for example. */
  @Test
  void whatWasWrittenToAPartThatHealedIsKept() throws IOException {
    pmem.setBad(List.of());
    pmem.spoil(file, 5 * PAGE, 6 * PAGE);
    byte[] other = new byte[PAGE];
    Runnable write =
        () -> {
          write(6 * PAGE, other);
          try {
            pmem.setBad(pmem.bad().subList(0, 1));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    RepairResult result = repair(RepairStep.BYTES_FETCHED, write);
    assertEquals(List.of(Outcome.FAILED), outcomes(result));
    assertTrue(result.toString().contains("less of it is bad"), result::toString);
    System.arraycopy(other, 0, content, 6 * PAGE, PAGE);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertTrue(repair().finished());
    assertWhole();
  }

  @Test
  void whatWasWrittenToAnEmptyBlockIsKept() throws IOException {
    pmem.setBad(List.of());
    ByteRange empty = new ByteRange(5 * PAGE, PAGE);
    try (Descriptor open = Descriptor.open(file, Descriptor.Mode.WRITE)) {
      FileIo.punch(open, empty.offset(), PAGE);
      FileIo.allocate(open, empty.offset(), PAGE);
      FileIo.sync(open);
    }
    pmem.spoil(file, empty.offset());
    assertEquals(BadRange.Kind.UNWRITTEN, pmem.scan(file).badRanges().get(0).kind());
    byte[] written = Arrays.copyOfRange(content, 5 * PAGE, 6 * PAGE);
    RepairResult result = repair(RepairStep.BYTES_FETCHED, () -> write(empty.offset(), written));
    assertEquals(List.of(Outcome.FAILED), outcomes(result));
    assertTrue(result.toString().contains("data was written to it"), result::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertTrue(repair().finished());
    assertWhole();
  }

  private void write(long offset, byte[] bytes) {
    open(
        file,
        channel -> {
          channel.write(ByteBuffer.wrap(bytes), offset);
          channel.force(true);
        });
  }

  private static void append(FileChannel channel, byte[] bytes) throws IOException {
    channel.write(ByteBuffer.wrap(bytes), channel.size());
    channel.force(true);
  }

  @Test
  void aLinkToTheFileHasTheSameJournal() throws IOException {
    Path link = Files.createLink(file.resolveSibling("link"), file);
    interrupt(null);
    assertFalse(pmem.scan(link).complete() && pmem.scan(link).verdict() == Verdict.CLEAN);
    assertEquals(pmem.scan(file).unreadable(), pmem.scan(link).unreadable());
    file = link;
    RepairResult result = repair();
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(content, Files.readAllBytes(link));
  }
}
