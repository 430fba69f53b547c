package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Repairs of real files whose disk is said to be bad. */
class BadBlockRepairTest extends RepairTestCase {
  @Test
  void restoresEachKindOfRange() throws IOException {
    pmem.spoil(file, 0, 3 * PAGE + 512, 3 * PAGE + 1536, 4 * PAGE, 20 * PAGE + 600);
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    RepairResult result = repair();
    assertEquals(List.of(Outcome.RESTORED, Outcome.RESTORED, Outcome.RESTORED), outcomes(result));
    assertEquals(new ByteRange(3 * PAGE, 2 * PAGE), result.ranges().get(1).blocks());
    assertTrue(result.finished());
    assertWhole();
  }

  @Test
  void overwritesInPlaceWhereThatClears() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    long sector = pmem.bad().get(0);
    List<RepairStep> steps = new ArrayList<>();
    walk(step -> {
          steps.add(step);
          if (step == RepairStep.OVERWRITTEN) {
            clearAll();
          }
        })
        .run(RangeRestorer.from(replica));
    assertFalse(steps.contains(RepairStep.PUNCHED));
    pmem.setBad(List.of(sector));
    assertEquals(Verdict.BAD, pmem.scan(file).verdict(), "it should be where it was");
    pmem.setBad(List.of());
    assertWhole();
  }

  @Test
  void clearsNothingThatCannotBeRestored() throws IOException {
    pmem.spoil(file, 5 * PAGE, 9 * PAGE);
    byte[] cut = Arrays.copyOf(content, 7 * PAGE);
    Files.write(replica, cut);
    RepairResult result =
        walk(RepairStep.Hook.NONE)
            .run(
                (range, target) -> {
                  if (range.end() > cut.length) {
                    throw new IOException("not in the backup");
                  }
                  target.put(cut, (int) range.offset(), (int) range.length());
                });
    assertEquals(List.of(Outcome.RESTORED, Outcome.FAILED), outcomes(result), result.toString());
    assertArrayEquals(content, Files.readAllBytes(file), "what failed must not be cleared");
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    Files.write(replica, content);
    RepairResult again = repair();
    assertTrue(again.finished(), again.toString());
    assertWhole();
  }

  @Test
  void refusesAReplicaOfAnotherLength() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Files.write(replica, Arrays.copyOf(content, content.length + 1));
    IOException refused = assertThrows(IOException.class, this::repair);
    assertTrue(refused.getMessage().contains("is no copy of " + file), refused.getMessage());
    assertUntouched();
  }

  @Test
  void leavesWhatIsNoLongerBad() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairResult result = repair(RepairStep.BYTES_FETCHED, this::clearAll);
    assertEquals(List.of(Outcome.HEALED), outcomes(result));
    assertWhole();
  }

  /** The file is repaired that was planned for, wherever its name leads by then. */
  @Test
  void repairsTheFileThatItOpenedThoughAnotherTakesItsName() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Path was = file.resolveSibling("was");
    byte[] original = content.clone();
    RepairResult result = repair(RepairStep.BYTES_FETCHED, () -> takeName(was));
    assertEquals(List.of(Outcome.HEALED), outcomes(result));
    assertArrayEquals(original, Files.readAllBytes(was));
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
  }

  /** Another file is where this one was, and bad in its place. */
  private void takeName(Path was) {
    try {
      clearAll();
      Files.move(file, was);
      write(file);
      pmem.spoil(file, 5 * PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void refusesASecondRepair() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    // It punches as often as it takes to get a good block.
    Set<String> refused = new HashSet<>();
    repair(
        RepairStep.PUNCHED,
        () -> refused.add(assertThrows(IOException.class, this::repair).getMessage()));
    assertEquals(
        Set.of(
            file
                + ": another process or thread is repairing it, or copying from it (it holds the lock, flock(2))"),
        refused);
    assertWhole();
  }

  /** What has been cleared gets its bytes, even if the rest is unknown. */
  @Test
  void restoresWhatItClearedEvenIfUnknown() throws IOException {
    for (RepairStep step :
        new RepairStep[] {
          RepairStep.CLEARING_SYNCED, RepairStep.PUNCHED, RepairStep.ALLOCATED, RepairStep.SYNCED
        }) {
      pmem.spoil(file, 5 * PAGE, 9 * PAGE);
      Path journal = file.resolveSibling(".file.pmem2j-repair");
      Path hidden = file.resolveSibling("hidden");
      boolean[] done = new boolean[1];
      RepairResult result =
          walk(now -> {
                if (now == step && !done[0]) {
                  done[0] = true;
                  move(journal, hidden);
                }
              })
              .run(RangeRestorer.from(replica));
      assertEquals(List.of(Outcome.FAILED, Outcome.FAILED), outcomes(result), step::toString);
      assertArrayEquals(content, Files.readAllBytes(file), step::toString);
      move(hidden, journal);
      assertEquals(Verdict.BAD, pmem.scan(file).verdict(), step::toString);
      assertTrue(repair().finished(), step::toString);
      assertWhole();
    }
  }

  /** That the list cannot be read any more does not mean that the block has healed. */
  @Test
  void anUnreadableListIsNotClean() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairResult result = repair(RepairStep.MARKED, pmem::garbleList);
    assertEquals(List.of(Outcome.FAILED), outcomes(result));
    assertTrue(result.ranges().get(0).message().contains("no longer known"), result::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
    pmem.setBad(List.of());
    assertTrue(repair().finished());
    assertWhole();
  }

  /** A restorer that prepares its buffer for reading, after it has read nothing. */
  @Test
  void aRestorerThatSetsTheLimitHasNotRestored() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairResult result = walk(RepairStep.Hook.NONE).run((range, target) -> target.flip());
    assertEquals(List.of(Outcome.FAILED), outcomes(result));
    assertUntouched();
  }
}
