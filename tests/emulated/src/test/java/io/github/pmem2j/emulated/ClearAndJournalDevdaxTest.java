package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The first half of a dax device's repair, on a device whose memory cannot be mapped: the errors
 * are planned for, cleared and in the journal. The second is {@link RepairDevdaxTest}.
 */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class ClearAndJournalDevdaxTest {
  private static final Path JOURNALS = Path.of("/var/lib/pmem2j");
  private static final List<ByteRange> BAD =
      List.of(
          new ByteRange(10 * Sectors.SIZE, 3 * Sectors.SIZE),
          new ByteRange(100 * Sectors.SIZE, Sectors.SIZE));

  /** It would outlive the device's reset. */
  @AfterEach
  void removeJournals() {
    Command.run("rm", "-rf", JOURNALS);
  }

  @Test
  void whatIsClearedIsReportedUntilItIsRestored(Machine machine) throws IOException {
    Namespace devdax = NfitTest.devdax();
    NfitTest.inject(devdax, new Sectors(10, 3), new Sectors(100, 1));
    Command.Result refused =
        CommandLine.run("repair", "--journal", "/tmp", "--yes", "--zero", devdax.device());
    assertEquals(2, refused.exitCode(), refused.toString());
    assertTrue(refused.errors().contains("is always /var/lib/pmem2j/dax-"), refused.errors());
    Command.Result plan = CommandLine.run("repair", "--dry-run", devdax.device());
    assertEquals(1, plan.exitCode(), plan.toString());
    assertTrue(plan.output().contains("lost: 5120+1536\n"), plan.output());
    assertTrue(plan.output().contains("lost: 51200+512\n"), plan.output());

    SteppedRepair walk =
        new SteppedRepair(
            devdax.device(),
            null,
            BadBlockScanner::scan,
            step -> {
              if (step.equals("CLEARED")) { // what follows would map it
                throw new IllegalStateException("cut");
              }
            });
    assertThrows(IllegalStateException.class, () -> walk.run(RangeRestorer.zeros()));
    assertEquals(List.of(), devdax.regionBadBlocks());
    BadBlockReport report = BadBlockScanner.scan(devdax.device());
    assertEquals(Verdict.BAD, report.verdict());
    assertEquals(BAD, report.badRanges().stream().map(BadRange::range).toList());
    report.badRanges().forEach(range -> assertEquals(BadRange.Kind.ZEROED, range.kind()));
    assertEquals(
        BAD,
        BadBlockRepair.of(devdax.device()).plan().ranges().stream()
            .filter(RepairPlan.Planned::unfinished)
            .map(RepairPlan.Planned::blocks)
            .toList());
    try (var journals = Files.list(JOURNALS)) {
      Path journal = journals.findFirst().orElseThrow();
      Files.write(journal, new byte[1]);
    }
    assertEquals(1, BadBlockScanner.scan(devdax.device()).reasons().size(), "a damaged journal");
  }
}
