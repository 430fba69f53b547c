package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The scanner on errors that the bus knows of: fsdax, devdax, sector mode, and libpmem2 beside. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class ScanNfitTest {

  @Test
  void aFile(Machine machine) throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    TestFile file = TestFile.create(machine.ext4(fsdax.device()).resolve("file"), 16);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file.path()).verdict());
    Sectors page = FileExtent.page(file.path(), 5);
    NfitTest.inject(fsdax, new Sectors(page.first() + 2, 1));

    BadBlockReport report = BadBlockScanner.scan(file.path());
    System.out.println(report + "\n  " + report.stack());
    assertEquals(1, GroundTruth.compare("nfit", report));
    assertTrue(report.complete());
    try (Pmem2BadBlocks blocks = Pmem2BadBlocks.openReadOnly(file.path())) {
      for (ByteRange block : blocks.remaining()) {
        assertTrue(report.goodRanges(block.offset(), block.length()).isEmpty());
      }
    }
  }

  /** A disk that has the name and number of one that was healthy, and is gone. */
  @Test
  void aDiskThatReplacesAHealthyOne() throws IOException {
    Namespace fsdax = NfitTest.fsdax();
    fsdax.rebind(); // It has the lowest number that is free now, and gets it again.
    Object number = Files.getAttribute(fsdax.device(), "unix:rdev");
    for (int i = 0; i < 2; i++) {
      assertEquals(Verdict.CLEAN, BadBlockScanner.scan(fsdax.device()).verdict());
    }
    fsdax.rebind();
    assertEquals(number, Files.getAttribute(fsdax.device(), "unix:rdev"));
    fsdax.inject(new Sectors(1000, 4));
    BadBlockReport report = BadBlockScanner.scan(fsdax.device());
    assertEquals(Verdict.BAD, report.verdict(), report::toString);
  }

  /**
   * The virtual CD of the second bus, which the kernel does not scrub, though it scrubs the bus.
   */
  @Test
  void aVirtualDisk() throws IOException {
    Namespace disk =
        Namespace.of("nfit_test.1").stream()
            .filter(namespace -> Sysfs.read(namespace.region().resolve("mappings")).equals("0"))
            .findFirst()
            .orElseThrow();
    Path scrub = Sysfs.bus("nfit_test.1").orElseThrow().resolve("nfit/scrub");
    Sysfs.await("the end of the first scrub", () -> Sysfs.read(scrub).matches("[1-9][0-9]*"));
    BadBlockReport report = BadBlockScanner.scan(disk.device());
    System.out.println(report);
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.NOBODY_LOOKS, report.reasons().get(0).code());
    Command.Result scrubbing = CommandLine.run("scrub", disk.device());
    assertEquals(2, scrubbing.exitCode(), scrubbing.toString());
  }

  @Test
  void aDaxDevice() throws IOException {
    Namespace devdax = NfitTest.devdax();
    BadBlockReport clean = BadBlockScanner.scan(devdax.device());
    assertEquals(Verdict.CLEAN, clean.verdict(), clean::toString);
    assertEquals(Verdict.CLEAN, verdictForNobody(devdax));

    NfitTest.inject(devdax, new Sectors(1000, 4));

    BadBlockReport report = BadBlockScanner.scan(devdax.device());
    System.out.println(report + "\n  " + report.stack());
    assertTrue(report.complete());
    assertEquals(1, report.badRanges().size());
    BadRange range = report.badRanges().get(0);
    assertEquals(1000 * 512, range.offset());
    assertEquals(4 * 512, range.length());
    try (Pmem2BadBlocks blocks = Pmem2BadBlocks.openReadOnly(devdax.device())) {
      assertEquals(List.of(new ByteRange(1000 * 512, 4 * 512)), blocks.remaining());
    }
    assertEquals(Verdict.UNKNOWN, verdictForNobody(devdax));
  }

  /** The verdict of another user, who can neither open the device nor read its bounds. */
  private static Verdict verdictForNobody(Namespace device) {
    Command.Result result =
        Command.attemptAsNobody(
            Stream.concat(
                    Command.JAVA.stream(), Stream.of(PrintVerdict.class.getName(), device.device()))
                .toArray());
    System.out.println(result.output());
    return Verdict.valueOf(result.output().lines().reduce((a, b) -> b).orElse(""));
  }

  @Test
  void sectorModeIsUnknown(Machine machine) throws IOException {
    Namespace sector = NfitTest.reshapeFsdax("sector");
    Command.run("mkfs.ext4", "-q", "-F", sector.device());
    TestFile file = TestFile.create(machine.mount(sector.device()).resolve("file"), 4);
    BadBlockReport report = BadBlockScanner.scan(file.path());
    System.out.println(report + "\n  " + report.stack());
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.SECTOR_MODE, report.reasons().get(0).code());
    // libpmem2 finds the disk, but looks for the file in the wrong places.
    for (String command : List.of("scan", "list", "clear")) {
      Command.Result result = CommandLine.run(command, file.path());
      assertEquals(3, result.exitCode(), command);
      assertTrue(result.output().contains("sector mode"), result::output);
    }
  }

  /** libpmem2 does not know that sector mode relocates sectors. */
  @Test
  void whatLibpmem2TakesForBadInSectorModeIsNotCleared(Machine machine) throws IOException {
    Namespace sector = NfitTest.reshapeFsdax("sector");
    Command.run("mkfs.ext4", "-q", "-F", sector.device());
    Path mount = machine.mount(sector.device());
    TestFile file = TestFile.create(mount.resolve("file"), 64);
    Sectors page = FileExtent.page(file.path(), 60);
    machine.unmount(mount);
    NfitTest.injectBelow(sector, page);
    Path again = machine.mount(sector.device()).resolve("file");
    try (Pmem2BadBlocks blocks = Pmem2BadBlocks.open(again)) {
      List<ByteRange> reported = blocks.remaining();
      assertEquals(List.of(new ByteRange(60 * Sectors.PAGE, Sectors.PAGE)), reported);
      NotBadException e = assertThrows(NotBadException.class, () -> blocks.clear(reported.get(0)));
      assertTrue(e.getMessage().contains("SECTOR_MODE"), e.getMessage());
    }
    assertArrayEquals(file.page(60), new TestFile(again, file.content()).read(60));
  }

  @Test
  void rawMode(Machine machine) throws IOException {
    Namespace raw = NfitTest.reshapeFsdax("raw");
    Command.run("mkfs.ext4", "-q", "-F", raw.device());
    TestFile file = TestFile.create(machine.mount(raw.device()).resolve("file"), 4);
    NfitTest.inject(raw, FileExtent.page(file.path(), 2));
    BadBlockReport report = BadBlockScanner.scan(file.path());
    System.out.println(report + "\n  " + report.stack());
    assertEquals(Verdict.BAD, report.verdict());
    assertEquals(2 * 4096, report.badRanges().get(0).offset());
    assertEquals(4096, report.badRanges().get(0).length());
  }
}
