package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs by other blocks where the file system has none or not enough. */
class RepairSpaceTest extends RepairSpaceScenario {
  @ParameterizedTest
  @Tag("nfit")
  @CsvSource({"4096, dax", "1024, rw"})
  void ext4HasNoneFromTheStartOrFromAStepOn(int size, String option, Machine machine)
      throws IOException {
    damage("mkfs.ext4 -q -F -b " + size, option, machine);
    new DiskSpace(mount).fill(0);
    assertNothingDone(repair(SteppedRepair.Hook.NONE), "ENOSPC");
    new DiskSpace(mount).release();
    noneFromAStepOn("MARKED", "CLEARING_SYNCED");
  }

  /** Whose blocks, smaller than a page, cannot be overwritten in place. */
  @Test
  @Tag("stock")
  void xfsHasNoneFromTheStartOrFromAStepOn(Machine machine) throws IOException {
    damage("mkfs.xfs -q -f -b size=1024", "rw", machine);
    new DiskSpace(mount).fill(0);
    assertNoMark("ENOSPC");
    new DiskSpace(mount).release();
    // XFS takes space even to remove the attribute.
    boolean[] done = {false};
    SteppedRepair.Hook fill =
        JournalScenario.once("MARKED", done, () -> new DiskSpace(mount).fill(0));
    IOException e = assertThrows(IOException.class, () -> repair(fill));
    assertTrue(e.getMessage().contains("fremovexattr failed: ENOSPC"), e.getMessage());
    assertTrue(e.getMessage().endsWith(ADVICE), e.getMessage());
    assertReadable(lost);
    new DiskSpace(mount).release();
    noneFromAStepOn("CLEARING_SYNCED");
  }

  private void noneFromAStepOn(String... steps) throws IOException {
    DiskSpace space = new DiskSpace(mount);
    for (String step : steps) {
      boolean[] done = {false};
      RepairResult result = repair(JournalScenario.once(step, done, () -> space.fill(0)));
      assertTrue(done[0], step);
      assertNothingDone(result, "ENOSPC");
      space.release();
    }
    assertFinishes();
  }

  @Test
  @Tag("nfit")
  void onlySomeHaveOthers(Machine machine) throws IOException {
    onlySomeHaveOthers(3, machine);
  }

  @ParameterizedTest
  @Tag("nfit")
  @Tag("nightly")
  @ValueSource(ints = {2, 5})
  void fewerOrMoreHaveOthers(int blocks, Machine machine) throws IOException {
    onlySomeHaveOthers(blocks, machine);
  }

  /** What is cleared has other blocks; the rest is as it was. */
  private void onlySomeHaveOthers(int blocks, Machine machine) throws IOException {
    damage("mkfs.ext4 -q -F -b 4096", "dax", machine);
    DiskSpace space = new DiskSpace(mount);
    space.fill(blocks);
    RepairResult result = repair(SteppedRepair.Hook.NONE);
    assertAdvised(result, "ENOSPC");
    RangeSet.Builder left = RangeSet.builder();
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() != Outcome.RESTORED) {
        lost.intersect(range.blocks()).forEach(left::add);
      }
    }
    assertReadable(left.build());
    assertTrue(count(result, Outcome.RESTORED) > 0, result::toString);
    space.release();
    assertFinishes();
  }

  /** The last moment: what was punched is in the journal, and reported. */
  @Test
  @Tag("nfit")
  void anotherTakesWhatWasPunched(Machine machine) throws IOException {
    damage("mkfs.ext4 -q -F -b 4096", "dax", machine);
    DiskSpace space = new DiskSpace(mount);
    int[] punched = {0};
    RepairResult result =
        repair(
            step -> {
              if (step.equals("PUNCHED") && ++punched[0] == DAMAGED) {
                space.fill(0);
              }
            });
    assertAdvised(result, "ENOSPC");
    assertTrue(count(result, Outcome.FAILED) > 0, result::toString);
    RangeSet.Builder zeroed = RangeSet.builder();
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() == Outcome.FAILED) {
        zeroed.add(range.blocks());
      }
    }
    assertReadable(zeroed.build());
    Stream<BadRange> reported =
        BadBlockScanner.trustingLists().scanFile(file.path()).badRanges().stream();
    assertTrue(reported.allMatch(range -> range.kind() == BadRange.Kind.ZEROED));
    space.release();
    assertFinishes();
  }

  @Test
  @Tag("nfit")
  void theRestIsReservedForRoot(Machine machine) throws IOException {
    damage("mkfs.ext4 -q -F -b 4096 -m 20", "dax", machine);
    Command.run("chown", "nobody", file.path(), mount, replica, journals);
    DiskSpace space = new DiskSpace(mount);
    space.fillForUsers();
    Command.Result result =
        CommandLine.runAsNobody(
            "repair", "--yes", "--journal", journals, "--from", replica, file.path());
    assertEquals(2, result.exitCode(), result::toString);
    assertTrue(result.output().contains("ENOSPC"), result::toString);
    assertTrue(result.output().contains(ADVICE), result::toString);
    assertReadable(lost);
    assertFinishes();
  }
}
