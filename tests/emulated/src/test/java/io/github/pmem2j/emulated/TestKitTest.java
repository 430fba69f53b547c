package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.ReadMethod;
import io.github.pmem2j.repair.ReadResult;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.SimulatedPmem;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test kit behaves like the driver: two files with the same content, one with injected errors,
 * the other with the same errors in the test kit, have the same reports and repairs.
 */
@ExtendWith(MachineExtension.class)
class TestKitTest {
  private static final int PAGE = Sectors.PAGE;
  private static final int SECTOR = Sectors.SIZE;
  private static final int SIZE = 40 * PAGE + 700;

  /** Sectors, pages, a range over two pages, the file's last sector and one past its end. */
  private static final List<ByteRange> LOST =
      List.of(
          new ByteRange(0, SECTOR),
          new ByteRange(3 * PAGE + SECTOR, SECTOR),
          new ByteRange(3 * PAGE + 6 * SECTOR, SECTOR),
          new ByteRange(5 * PAGE, 2 * PAGE),
          new ByteRange(10 * PAGE - SECTOR, 2 * SECTOR),
          new ByteRange(40 * PAGE + SECTOR, SECTOR),
          new ByteRange(40 * PAGE + 5 * SECTOR, SECTOR));

  private final byte[] content = new byte[SIZE];
  private Path real;
  private Path simulated;
  private Path replica;

  private void create(Path mount, Path kit) throws IOException {
    new Random(7).nextBytes(content);
    real = write(mount.resolve("file"));
    simulated = write(kit.resolve("file"));
    replica = write(Files.createTempDirectory("replica").resolve("file"));
  }

  private Path write(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content));
      channel.force(true);
    }
    return file;
  }

  private Sectors[] toInject() {
    return LOST.stream()
        .flatMap(range -> sectors(range))
        .map(
            offset -> {
              Sectors page = FileExtent.page(real, offset / PAGE);
              return new Sectors(page.first() + offset % PAGE / SECTOR, 1);
            })
        .toArray(Sectors[]::new);
  }

  private static Stream<Long> sectors(ByteRange range) {
    return Stream.iterate(range.offset(), at -> at < range.end(), at -> at + SECTOR);
  }

  private void damage(SimulatedPmem pmem) throws IOException {
    for (ByteRange range : LOST) {
      pmem.damage(simulated, range.offset(), range.length());
    }
  }

  /** A report without the names of the device and the file. */
  private record Said(
      Verdict verdict,
      RangeSet lost,
      RangeSet unreadable,
      RangeSet blocks,
      List<String> ranges,
      List<ErrorSource.Kind> sources,
      List<IncompleteReason.Code> reasons) {
    static Said of(BadBlockReport report) {
      return new Said(
          report.verdict(),
          report.lost(),
          report.unreadable(),
          report.blocks(),
          report.badRanges().stream().map(Said::text).toList(),
          report.sources().stream().map(ErrorSource::kind).toList(),
          report.reasons().stream().map(IncompleteReason::code).toList());
    }

    private static String text(BadRange bad) {
      return bad.kind() + " " + bad.range() + " in " + bad.blocks() + bad.shared();
    }
  }

  private void assertSameScan(Verdict verdict) throws IOException {
    Said said = Said.of(BadBlockScanner.scan(real));
    assertEquals(verdict, said.verdict);
    assertEquals(said, Said.of(BadBlockScanner.scan(simulated)));
    assertEquals(
        Said.of(BadBlockScanner.trustingLists().scanFile(real)),
        Said.of(BadBlockScanner.trustingLists().scanFile(simulated)));
  }

  /**
   * For root on the device, the good sectors of a bad page are recovered; in the test kit the page
   * is lost. Otherwise reading, verifying and copying lose the same bytes.
   */
  private void assertSalvage() throws IOException {
    RangeSet data = RangeSet.of(new ByteRange(0, SIZE));
    BadBlockReport report = BadBlockScanner.scan(real);
    assertLosses(real, report.lost());
    assertLosses(simulated, report.unreadable().intersect(data));
  }

  private void assertLosses(Path file, RangeSet lost) throws IOException {
    byte[] expected = content.clone();
    lost.forEach(r -> Arrays.fill(expected, (int) r.offset(), (int) r.end(), (byte) 0));
    ByteBuffer buffer = ByteBuffer.allocate(SIZE);
    try (SalvageReader reader = SalvageReader.open(file)) {
      assertEquals(lost, reader.read(0, buffer).lost());
      assertEquals(new ReadResult(SIZE, lost), reader.verify());
      assertEquals(ReadMethod.DAX, reader.verifiedBy().orElseThrow());
    }
    assertArrayEquals(expected, buffer.array());
    Path copy = Files.createTempDirectory("copy").resolve("copy");
    assertEquals(lost, Salvage.of(file, copy).run().lost());
    assertArrayEquals(expected, Files.readAllBytes(copy));
  }

  private static List<String> outcomes(RepairResult result) {
    return Stream.concat(
            result.ranges().stream().map(TestKitTest::text),
            result.reasons().stream().map(reason -> reason.code().name()))
        .toList();
  }

  private static String text(RepairedRange range) {
    return range.blocks() + " " + range.outcome();
  }

  private void assertSameRepair() throws IOException {
    RangeRestorer restorer = RangeRestorer.from(replica);
    RepairResult result = BadBlockRepair.of(real).run(restorer);
    assertEquals(5, result.ranges().size(), result::toString);
    assertEquals(outcomes(result), outcomes(BadBlockRepair.of(simulated).run(restorer)));
    for (Path file : List.of(real, simulated)) {
      assertLosses(file, RangeSet.empty());
      assertFalse(Files.exists(file.resolveSibling(".file.pmem2j-repair")));
    }
  }

  /** The device is scrubbed, and a write to bad blocks fails. */
  @Test
  @Tag("nfit")
  void asOnAScrubbedDevice(Machine machine) throws IOException {
    Namespace disk = NfitTest.fsdax();
    Path mount = machine.ext4(disk.device());
    Path kit = Files.createDirectory(machine.ext4(machine.disks().get(0).device()).resolve("kit"));
    create(mount, kit);
    SectorListener injected = new SectorListener();
    SectorListener damaged = new SectorListener();
    try (SimulatedPmem pmem = SimulatedPmem.open(kit);
        BadBlockWatch ofDevice = BadBlockWatch.open(real, injected);
        BadBlockWatch ofKit = BadBlockWatch.open(simulated, damaged)) {
      assertEquals(List.of(), ofDevice.unwatched());
      assertEquals(List.of(), ofKit.unwatched());
      assertSameScan(Verdict.CLEAN);
      NfitTest.inject(disk, toInject());
      damage(pmem);
      assertSameScan(Verdict.BAD);
      Sysfs.await("all errors", () -> injected.foundSectors().equals(disk.badBlocks()));
      List<Sectors> hit = injected.foundInFiles().get(real);
      Sysfs.await("the same", () -> hit.equals(damaged.foundInFiles().get(simulated)));
      assertSalvage();
      assertSameRepair();
      assertSameScan(Verdict.CLEAN);
    }
  }

  /** Nothing looks for errors, and the driver clears an error when it is overwritten. */
  @Test
  @Tag("stock")
  void asWhereNobodyLooks(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    Path kit = Files.createDirectory(machine.ext4(machine.disks().get(1).device()).resolve("kit"));
    create(mount, kit);
    try (SimulatedPmem pmem = SimulatedPmem.open(kit)) {
      pmem.feed(ErrorSource.Kind.NOBODY);
      SectorListener injected = new SectorListener();
      SectorListener damaged = new SectorListener();
      try (BadBlockWatch ofDevice = BadBlockWatch.open(real, injected);
          BadBlockWatch ofKit = BadBlockWatch.open(simulated, damaged)) {
        assertEquals(1, ofDevice.unwatched().size(), ofDevice.unwatched()::toString);
        assertEquals(1, ofKit.unwatched().size(), ofKit.unwatched()::toString);
        assertSameScan(Verdict.UNKNOWN);
        disk.inject(toInject());
        damage(pmem);
        assertSameScan(Verdict.BAD);
        ofDevice.check(); // The kernel does not notify of a list that is written by hand.
        Sysfs.await("all errors", () -> injected.foundSectors().equals(disk.badBlocks()));
        List<Sectors> hit = injected.foundInFiles().get(real);
        Sysfs.await("the same", () -> hit.equals(damaged.foundInFiles().get(simulated)));
      }
      assertSalvage();
      assertSameRepair();
      assertSameScan(Verdict.UNKNOWN);
    }
  }
}
