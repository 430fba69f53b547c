package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Repairs whose thread is interrupted. */
class CancelledRepairTest extends RepairTestCase {
  private static final long[] LOST = {3 * PAGE, 7 * PAGE, 12 * PAGE + 512};

  /** After these nothing is left to be cancelled. */
  private static final Set<RepairStep> LAST =
      EnumSet.of(RepairStep.UNMARKED, RepairStep.JOURNAL_REMOVED, RepairStep.FORGOTTEN);

  CancelledRepairTest() {
    super(20 * PAGE);
  }

  @BeforeEach
  void damage() throws IOException {
    pmem.spoil(file, LOST);
  }

  @AfterEach
  void noInterruptIsLeft() {
    assertFalse(Thread.interrupted());
  }

  /** Every page has its bytes, or is reported as bad. */
  private void assertNothingIsLostInSilence() throws IOException {
    byte[] now = Files.readAllBytes(file);
    BadBlockReport report = pmem.scan(file);
    for (int at = 0; at < now.length; at += PAGE) {
      assertTrue(
          report.intersects(at, PAGE) || Arrays.equals(content, at, at + PAGE, now, at, at + PAGE),
          "page " + at / PAGE + " of " + report);
    }
  }

  @ParameterizedTest
  @EnumSource
  void stopsBetweenBatchesAndGoesOn(RepairStep interrupted) throws IOException {
    List<RepairStep> steps = new ArrayList<>();
    RepairRun run =
        walk(step -> {
              steps.add(step);
              if (step == interrupted) {
                Thread.currentThread().interrupt();
              }
            })
            .inBatchesOf(2);
    try {
      run.run(RangeRestorer.from(replica));
      assertTrue(LAST.contains(interrupted) || !steps.contains(interrupted));
    } catch (CancelledException e) {
      assertTrue(Thread.currentThread().isInterrupted());
      RepairStep last = steps.get(steps.size() - 1);
      boolean between =
          EnumSet.of(RepairStep.SCANNED, RepairStep.MARKED, RepairStep.RESTORED_SYNCED)
              .contains(last);
      assertTrue(between || last == RepairStep.PLANNED, last::toString);
    }
    assertEquals(steps.contains(interrupted), Thread.interrupted());
    assertNothingIsLostInSilence();
    assertTrue(walk(RepairStep.Hook.NONE).run(RangeRestorer.from(replica)).finished());
    assertWhole();
  }

  @Test
  void reportsItsProgressAndHowToResume() throws IOException {
    List<Progress> progress = new ArrayList<>();
    ProgressListener listener =
        now -> {
          progress.add(now);
          if (progress.size() == 2) {
            Thread.currentThread().interrupt();
          }
        };
    RepairRun run = walk(RepairStep.Hook.NONE).inBatchesOf(1);
    CancelledException e =
        assertThrows(
            CancelledException.class, () -> run.run(RangeRestorer.from(replica), listener));
    assertTrue(Thread.interrupted());
    assertEquals(
        new Progress(file, Progress.Unit.BYTES, PAGE, OptionalLong.of(3 * PAGE), 0), e.progress());
    assertEquals(
        file
            + ": repair cancelled by an interrupt of its thread after 4096 of 12288 bytes: repair it"
            + " again, which continues with the journal "
            + file.toRealPath().resolveSibling(".file.pmem2j-repair"),
        e.getMessage());
    progress.clear();
    RepairResult result =
        walk(RepairStep.Hook.NONE).inBatchesOf(1).run(RangeRestorer.from(replica), progress::add);
    assertEquals(
        List.of(new ByteRange(7 * PAGE, PAGE), new ByteRange(12 * PAGE, PAGE)),
        result.ranges().stream().map(RepairedRange::blocks).toList());
    assertTrue(result.ranges().stream().allMatch(r -> r.outcome() == Outcome.RESTORED));
    assertEquals(
        List.of(0L, (long) PAGE, 2L * PAGE), progress.stream().map(Progress::done).toList());
    assertWhole();
  }

  /**
   * Until all of a batch is fetched, nothing of it is changed: a slow restorer can be cancelled.
   */
  @Test
  void changesNothingIfItIsCancelledWhileItFetches() throws IOException {
    RangeRestorer from = RangeRestorer.from(replica);
    List<RepairStep> steps = new ArrayList<>();
    CancelledException e =
        assertThrows(
            CancelledException.class,
            () ->
                walk(steps::add)
                    .run(
                        (range, target) -> {
                          from.restore(range, target);
                          if (range.offset() == LOST[1]) {
                            Thread.currentThread().interrupt();
                          }
                        }));
    assertTrue(Thread.interrupted());
    assertEquals(0, e.progress().done());
    assertEquals(RepairStep.MARKED, steps.get(steps.size() - 1));
    assertArrayEquals(content, Files.readAllBytes(file));
    assertTrue(walk(RepairStep.Hook.NONE).run(from).finished());
    assertWhole();
  }

  @Test
  void aPlanIsCancelledToo() throws IOException {
    Thread.currentThread().interrupt();
    RepairRun run = walk(RepairStep.Hook.NONE);
    CancelledException e =
        assertThrows(CancelledException.class, () -> run.plan(RangeRestorer.zeros()));
    assertTrue(Thread.interrupted());
    assertTrue(e.getMessage().endsWith(": nothing was changed; run the same again"));
  }
}
