package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Run by {@link RepairRaceTest} with a library that ends a repair when a reader has read the file's
 * mark and not yet looked for the journal.
 */
class EndingRepairChecks {
  private static final int PAGE = 4096;

  private RepairDisk pmem;
  private Path file;
  private Path replica;

  @BeforeEach
  void interruptARepair() throws IOException {
    Files.deleteIfExists(order());
    Path root = FakeDisk.newDirectory("ending-repair");
    pmem = RepairDisk.create(root);
    file = Files.write(root.resolve("file"), new byte[8 * PAGE]);
    replica = Files.write(root.resolve("replica"), new byte[8 * PAGE]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    pmem.spoil(file, 5 * PAGE);
    RepairStep.Hook cut =
        step -> {
          if (step == RepairStep.ALLOCATED) {
            throw new IllegalStateException("cut");
          }
        };
    assertThrows(IllegalStateException.class, () -> walk(cut).run(RangeRestorer.from(replica)));
    pmem.setBad(List.of());
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    Files.write(order(), new byte[0]);
  }

  private static Path order() {
    return Path.of(System.getenv(RepairRaceTest.ORDER));
  }

  private RepairRun walk(RepairStep.Hook hook) {
    return new RepairRun(file, null, false, pmem.scanned(), hook);
  }

  private static void assertEnded() {
    assertFalse(Files.exists(order()), "the repair did not end meanwhile");
  }

  @Test
  void besideAScan() throws IOException {
    assertEquals(Verdict.CLEAN, pmem.scan(file).verdict());
    assertEnded();
  }

  @Test
  void besideAPlan() throws IOException {
    RepairPlan plan = walk(RepairStep.Hook.NONE).plan(RangeRestorer.from(replica));
    assertEquals(List.of(), plan.ranges());
    assertEnded();
  }

  @Test
  void besideTheQuestionWhatIsUnfinished() throws IOException {
    assertEquals(List.of(), walk(RepairStep.Hook.NONE).unfinished());
    assertEnded();
  }

  @Test
  void besideAReader() throws IOException {
    try (DamagedFile damaged = DamagedFile.open(file, pmem.scanned())) {
      ByteBuffer all = ByteBuffer.allocate(8 * PAGE);
      assertEquals(new SalvageResult(8 * PAGE, RangeSet.empty()), damaged.read(0, all));
    }
    assertEnded();
  }

  @Test
  void besideARepair() throws IOException {
    RepairResult result = walk(RepairStep.Hook.NONE).run(RangeRestorer.from(replica));
    assertTrue(result.ranges().isEmpty(), result::toString);
    assertEnded();
  }

  /** What the second look cannot explain is reported. */
  @Test
  void aJournalThatIsMissingForGood() throws IOException {
    Files.delete(order());
    Files.delete(file.resolveSibling(".file.pmem2j-repair"));
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    assertThrows(
        RepairJournalException.class,
        () -> walk(RepairStep.Hook.NONE).plan(RangeRestorer.from(replica)));
  }
}
