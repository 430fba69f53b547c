package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The scanner where the disk's list is full: the region's list has the next error. The disk's list
 * is filled by hand, in the free space of the file system.
 */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class ScanFullListTest {
  private static final int CAPACITY = 512;

  @Test
  void whatOverflowsTheDisksListIsTakenFromTheRegions(Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16);
    TestFile other = TestFile.create(file.path().resolveSibling("other"), 16);
    fill(disk);
    assertFalse(BadBlockScanner.scan(file.path()).complete());
    Sectors page = FileExtent.page(file.path(), 5);
    Sectors sector = new Sectors(page.first() + 2, 1);

    NfitTest.inject(disk, sector);

    // The kernel itself takes the page for good: it checks a read with the disk's list.
    assertEquals(Set.of(), GroundTruth.badPages(file.path()));
    assertTrue(disk.badBlocks().stream().noneMatch(bad -> bad.contains(sector)));
    BadBlockReport report = BadBlockScanner.scan(file.path());
    System.out.println(report + "\n  " + report.stack());
    assertEquals(Verdict.BAD, report.verdict());
    BadRange range = report.badRanges().get(0);
    assertEquals(1, report.badRanges().size());
    assertEquals(5 * Sectors.PAGE + 2 * Sectors.SIZE, range.offset());
    assertEquals(Sectors.SIZE, range.length());
    assertEquals(sector.first(), range.deviceSector());
    assertAtBound(report);

    report = BadBlockScanner.scan(other.path());
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertAtBound(report);
  }

  private static void assertAtBound(BadBlockReport report) {
    assertFalse(report.complete());
    assertEquals(
        List.of(IncompleteReason.Code.LIST_AT_BOUND),
        report.reasons().stream().map(IncompleteReason::code).toList());
  }

  /** Every other sector of the disk's end, until the kernel takes no more. */
  private static void fill(Namespace disk) {
    long last = disk.sectors() - 8;
    String list = disk.sysfs().resolve("badblocks").toString();
    Command.run(
        "sh",
        "-c",
        "i=0; while [ $i -lt %d ]; do echo $((%d - 2 * i)) 1 >%s; i=$((i + 1)); done"
            .formatted(CAPACITY, last, list));
    Command.Result more =
        Command.attempt("sh", "-c", "echo %d 1 >%s".formatted(last - 2 * CAPACITY, list));
    assertTrue(more.exitCode() != 0, "the list takes more than " + CAPACITY);
  }
}
