package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scanner on md, whose mapping it does not know: clean only if all below is. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanRaidTest {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void isUnknownAsSoonAsAnythingBelowIsBad(String level, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(1);
    List<Path> parts =
        machine.partition(disk, new Sectors(MIB, 100 * MIB), new Sectors(101 * MIB, 100 * MIB));
    Path raid = machine.raid(level, parts.toArray(Path[]::new));
    Path mount = machine.ext4WithoutDax(raid);
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file.path()).verdict());

    // Of no part of the RAID, and of the one part or the other.
    disk.inject(new Sectors(300 * MIB, 8));
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file.path()).verdict());
    disk.inject(new Sectors(150 * MIB, 8));
    assertUnknown(file.path());
    assertUnknown(raid);
  }

  private static void assertUnknown(Path path) throws IOException {
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(path);
    System.out.println(report + "\n  " + report.stack());
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertEquals(
        List.of(IncompleteReason.Code.UNKNOWN_MAPPING),
        report.reasons().stream().map(IncompleteReason::code).toList());
    String message = report.reasons().get(0).message();
    assertTrue(message.contains("md127"), message);
  }
}
