package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** If a bad block cannot be replaced, what can still be read of it is kept. */
class RepairWithoutReplacementTest extends RepairTestCase {
  private static final int LAST = 20 * PAGE;

  @BeforeEach
  void refuseReplacement() {
    pmem.refuseReplacement("the file system cannot");
  }

  private RepairResult repair(List<RepairStep> steps) throws IOException {
    return new RepairRun(file, null, false, pmem.scanned(), steps::add)
        .run(RangeRestorer.from(replica));
  }

  @Test
  void aPartOfAPageIsNotTouched() throws IOException {
    pmem.spoil(file, LAST + 600);
    List<RepairStep> steps = new ArrayList<>();
    assertRefused(repair(steps), steps);
    assertFalse(steps.contains(RepairStep.CLEARING_WRITTEN), steps::toString);
  }

  @Test
  void aPageIsWrittenToInPlaceAlone() throws IOException {
    pmem.spoil(file, 5 * PAGE + 600);
    List<RepairStep> steps = new ArrayList<>();
    assertRefused(repair(steps), steps);
    assertTrue(steps.contains(RepairStep.OVERWRITTEN), steps::toString);
    assertTrue(steps.contains(RepairStep.KEPT_SYNCED), steps::toString);
  }

  private void assertRefused(RepairResult result, List<RepairStep> steps) throws IOException {
    assertEquals(
        List.of(Outcome.REFUSED),
        result.ranges().stream().map(RepairedRange::outcome).toList(),
        result::toString);
    String why = result.ranges().get(0).message();
    assertTrue(why.startsWith("the file system cannot"), why);
    assertFalse(steps.contains(RepairStep.PUNCHED), steps::toString);
    assertTrue(steps.contains(RepairStep.FORGOTTEN), steps::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
    BadBlockReport report = pmem.scan(file);
    assertEquals(512, report.badRanges().get(0).length(), report::toString);
    assertTrue(report.complete(), report::toString);
  }

  /** What an earlier run has left pending is not made worse. */
  @Test
  void whatIsInDoubtStaysSo() throws IOException {
    pmem.spoil(file, LAST + 600);
    pmem.refuseReplacement(null);
    RepairRun stopped =
        new RepairRun(
            file,
            null,
            false,
            pmem.scanned(),
            step -> {
              if (step == RepairStep.CLEARING_SYNCED) {
                throw new IllegalStateException("stopped");
              }
            });
    try {
      stopped.run(RangeRestorer.from(replica));
    } catch (IllegalStateException e) {
      assertEquals("stopped", e.getMessage());
    }
    pmem.refuseReplacement("the file system cannot");
    List<RepairStep> steps = new ArrayList<>();
    RepairResult result = repair(steps);
    assertEquals(Outcome.FAILED, result.ranges().get(0).outcome(), result::toString);
    assertFalse(steps.contains(RepairStep.PUNCHED), steps::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  /** The machine's own file system either replaces a block, or gives back the one it has freed. */
  @Test
  void aTrialFindsItsFile() throws IOException {
    try (Descriptor open = Descriptor.open(file, Descriptor.Mode.READ)) {
      String refusal = ReplacementTrial.refusal(open);
      assertTrue(
          refusal == null
              || refusal.startsWith("its file system does not replace a punched block by another"),
          refusal);
    }
  }
}
