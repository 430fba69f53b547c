package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which drivers list what a machine check reports: the NFIT driver alone. */
@Tag("virtio")
@ExtendWith(MachineExtension.class)
class MachineCheckTest {
  private static final Pattern CORRUPTED = Pattern.compile("HardwareCorrupted: +(\\d+) kB");

  private static long corrupted() {
    return CORRUPTED
        .matcher(Sysfs.read(Path.of("/proc/meminfo")))
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1)))
        .sum();
  }

  /** Has a page of a disk reported bad, once a boot; returns when the kernel has handled it. */
  private static void strike(Namespace disk, long page) {
    long before = corrupted();
    Monitor.machineCheck(disk.address() + page * Sectors.PAGE);
    Sysfs.await("the kernel to mark page " + page + " of " + disk, () -> corrupted() > before);
  }

  @Test
  void theNfitDriverListsIt(Machine machine) throws IOException {
    Namespace disk = machine.nvdimm();
    strike(disk, 40);
    Sysfs.await("an entry in the list", () -> !disk.badBlocks().isEmpty());
    assertEquals(List.of(new Sectors(40 * 8, 8)), disk.badBlocks());
    assertReport(disk, Verdict.BAD, ErrorSource.Kind.MACHINE_CHECKS);
  }

  @Test
  void noOtherDriverDoes(Machine machine) throws IOException {
    for (String provider : List.of("e820", "virtio-pmem")) {
      Namespace disk = Namespace.of(provider).get(0);
      strike(disk, 40);
      assertEquals(List.of(), disk.badBlocks());
      assertEquals(List.of(), disk.regionBadBlocks());
      assertReport(disk, Verdict.UNKNOWN, ErrorSource.Kind.NOBODY);
    }
  }

  private static void assertReport(Namespace disk, Verdict verdict, ErrorSource.Kind source)
      throws IOException {
    BadBlockReport report = BadBlockScanner.scan(disk.device());
    assertEquals(verdict, report.verdict(), report::toString);
    assertEquals(
        List.of(IncompleteReason.Code.NOBODY_LOOKS),
        report.reasons().stream().map(IncompleteReason::code).toList());
    assertEquals(List.of(source), report.sources().stream().map(ErrorSource::kind).toList());
  }
}
