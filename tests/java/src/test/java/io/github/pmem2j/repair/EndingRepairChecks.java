package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Run by {@link RepairRaceTest} with a library that ends a repair when a reader has read the file's
 * mark and not yet looked for the journal.
 */
class EndingRepairChecks extends RepairTestCase {
  @BeforeEach
  void interruptARepair() throws IOException {
    Files.deleteIfExists(order());
    interrupt(null);
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    Files.write(order(), new byte[0]);
  }

  private static Path order() {
    return Path.of(System.getenv(RepairRaceTest.ORDER));
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
  void besideAReader() throws IOException {
    try (DamagedFile damaged = DamagedFile.open(file, pmem.scanned())) {
      ByteBuffer all = ByteBuffer.allocate(content.length);
      assertEquals(new ReadResult(content.length, RangeSet.empty()), damaged.read(0, all));
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
