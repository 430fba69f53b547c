package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares the scanner with the ground truth on devices that are made of others. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanStockTest extends ScanScenario {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  @Test
  void aWholeDisk(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    TestFile other = TestFile.create(mount.resolve("other"), 16);
    assertBad(file.path());
    Sectors page = FileExtent.page(file.path(), 5);
    disk.inject(new Sectors(page.first() + 3, 2), FileExtent.page(file.path(), 9));

    assertBad(file.path(), 5, 9);
    assertBad(other.path());
    BadRange range = scan(file.path()).badRanges().get(0);
    assertEquals(
        BadRange.of(
                new ByteRange(5 * 4096 + 3 * 512, 1024), new ByteRange(5 * 4096, 4096), Kind.DATA)
            .withOrigin(disk.device().getFileName().toString(), page.first() + 3),
        range);
    assertEquals(2, BadBlockScanner.trustingLists().scanFile(disk.device()).badRanges().size());
  }

  /**
   * The zeros that an interrupted repair has left are known only to users who can read the file.
   */
  @Test
  void withoutReadPermissionAFileIsNotClean(Machine machine) throws IOException {
    Path mount = machine.ext4(machine.disks().get(0).device());
    Path file = TestFile.create(mount.resolve("file"), 16).path();
    assertEquals(0, CommandLine.runAsNobody("scan", "--trust-lists", file).exitCode());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Command.Result scan = CommandLine.runAsNobody("scan", "--trust-lists", file);
    assertEquals(3, scan.exitCode(), scan.output());
    assertTrue(scan.output().contains("permission denied"), scan.output());
  }

  /** Nothing fills these lists: an empty one proves nothing, but what is listed is bad. */
  @Test
  void aListThatNobodyFillsIsNotClean(Machine machine) throws IOException {
    for (Namespace disk : machine.disks()) {
      Path path = TestFile.create(machine.ext4(disk.device()).resolve("file"), 16).path();
      for (Path each : List.of(path, disk.device())) {
        BadBlockReport report = BadBlockScanner.scan(each);
        assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
        assertEquals(
            List.of(IncompleteReason.Code.NOBODY_LOOKS),
            report.reasons().stream().map(IncompleteReason::code).toList());
        assertEquals(
            List.of(ErrorSource.Kind.NOBODY),
            report.sources().stream().map(ErrorSource::kind).toList());
        for (String command : List.of("scan", "list", "clear", "status")) {
          if (List.of("scan", "status").contains(command) || each.equals(path)) {
            assertEquals(3, CommandLine.run(command, each).exitCode(), command);
            assertEquals(0, CommandLine.run(command, "--trust-lists", each).exitCode(), command);
          }
        }
      }
      assertEquals(3, CommandLine.run("scan", "--require-pmem", path).exitCode());
      assertEquals(ErrorSource.Kind.TRUSTED, scan(path).sources().get(0).kind());

      disk.inject(FileExtent.page(path, 5));
      BadBlockReport report = BadBlockScanner.scan(path);
      assertEquals(Verdict.BAD, report.verdict());
      assertFalse(report.complete());
      assertBad(path, 5);
      Command.Result list = CommandLine.run("list", path);
      assertEquals(1, list.exitCode(), list::toString);
      assertTrue(
          list.output().contains("there may be more: nothing looks for errors of "),
          list::toString);
      assertEquals(1, list.output().split("there may be more").length - 1, list::toString);
    }
  }

  @Test
  void partitionsAndLogicalPartitions(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(1);
    String table =
        """
        label: dos
        start=2048, size=262144, type=83
        start=264192, size=1000000, type=5
        start=268288, size=200000, type=83
        start=471040, size=300000, type=83
        """;
    Command.runWithInput(table, "sfdisk", "-q", disk.device());
    Sysfs.await("logical partitions", () -> Files.exists(Path.of(disk.device() + "p6")));
    for (long[] part : new long[][] {{1, 2048}, {5, 268288}, {6, 471040}}) {
      Path mount = machine.ext4(Path.of(disk.device() + "p" + part[0]));
      TestFile file = TestFile.create(mount.resolve("file"), 16);
      assertBad(file.path());
      long first = FileExtent.page(file.path(), 7).first();
      disk.inject(new Sectors(part[1] + first + 1, 1));
      assertBad(file.path(), 7);
      assertEquals(part[1] + first + 1, scan(file.path()).badRanges().get(0).deviceSector());
      machine.unmount(mount);
    }
    assertEquals(
        1,
        BadBlockScanner.trustingLists().scanFile(Path.of(disk.device() + "p5")).badRanges().size());
  }

  @Test
  void mappedDevices(Machine machine) throws IOException {
    Namespace first = machine.disks().get(0);
    Namespace second = machine.disks().get(1);
    Path part = machine.partition(second, new Sectors(MIB, 700 * MIB)).get(0);
    Path line =
        machine.linear(
            "line",
            new Machine.Section(part, new Sectors(100 * MIB, 50 * MIB)),
            new Machine.Section(part, new Sectors(10 * MIB, 50 * MIB)));
    Path stripe =
        machine.striped(
            "stripe",
            8,
            new Machine.Section(first.device(), new Sectors(200 * MIB, 200 * MIB)),
            new Machine.Section(part, new Sectors(400 * MIB, 200 * MIB)));
    TestFile linear = TestFile.create(machine.ext4(line).resolve("file"), 16);
    TestFile striped = TestFile.create(machine.xfs(stripe).resolve("file"), 16);
    assertBad(linear.path());
    assertBad(striped.path());
    assertTrue(scan(linear.path()).stack().contains(" on /dev/mapper/line -> "));

    second.inject(onLinear(FileExtent.page(linear.path(), 4)));
    assertBad(linear.path(), 4);
    assertBad(striped.path());

    long sector = FileExtent.page(striped.path(), 11).first();
    if (sector / 8 % 2 == 0) {
      first.inject(new Sectors(200 * MIB + sector / 16 * 8, 1));
    } else {
      second.inject(new Sectors(401 * MIB + sector / 16 * 8, 1));
    }
    assertBad(striped.path(), 11);
  }

  private static Sectors onLinear(Sectors page) {
    long at = page.first() < 50 * MIB ? 101 * MIB + page.first() : page.first() - 39 * MIB;
    return new Sectors(at, 2);
  }

  @Test
  void aMappingThatIsNotKnownIsCleanOnlyIfAllBelowIs(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mapped =
        machine.map(
            "odd", "0 %d linear %s 0\n%d 8 zero\n".formatted(400 * MIB, disk.device(), 400 * MIB));
    TestFile file = TestFile.create(machine.mount(mkfs(mapped)).resolve("file"), 4);
    assertEquals(Verdict.CLEAN, scan(file.path()).verdict());
    disk.inject(new Sectors(350 * MIB, 1));
    BadBlockReport report = scan(file.path());
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.UNKNOWN_MAPPING, report.reasons().get(0).code());
  }

  @Test
  void aMappingWithErrorsOfItsOwnIsNeverClean(Machine machine) throws IOException {
    Path device = machine.disks().get(0).device();
    long length = 400 * MIB;
    Path mapped = machine.map("odd", "0 %d linear %s 0\n".formatted(length, device));
    Path mount = machine.mount(mkfs(mapped));
    Sectors page = FileExtent.page(TestFile.create(mount.resolve("file"), 4).path(), 2);
    machine.unmount(mount);
    long behind = page.first() + page.count();
    // A table of another kind, so another device: one that DAX goes through takes no such target.
    String table =
        "0 %1$d linear %5$s 0\n%1$d %2$d error\n%3$d %4$d linear %5$s %3$d\n"
            .formatted(page.first(), page.count(), behind, length - behind, device);
    BadBlockReport report = scan(machine.mount(machine.map("broken", table)).resolve("file"));
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.UNKNOWN_MAPPING, report.reasons().get(0).code());
  }

  private static Path mkfs(Path device) {
    Command.run("mkfs.ext4", "-q", "-F", device);
    return device;
  }

  @Test
  void aFullListIsIncomplete(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 1200);
    TestFile other = TestFile.create(mount.resolve("other"), 4);
    StringBuilder script = new StringBuilder();
    FileExtent extent = FileExtent.of(file.path()).get(0);
    assertEquals(1200 * 8, extent.count());
    for (long page = 0; page < 1200; page += 2) {
      script.append("echo ").append(extent.physical() + page * 8);
      script.append(" 1 >").append(disk.sysfs()).append("/badblocks\n");
    }
    Command.attempt("sh", "-c", script.toString());
    BadBlockReport report = scan(other.path());
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.LIST_AT_BOUND, report.reasons().get(0).code());
    report = scan(file.path());
    assertEquals(Verdict.BAD, report.verdict());
    assertFalse(report.complete());
    GroundTruth.compare("a full list", report);
  }

  @Test
  void aLoopDeviceIsUnknown(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    Path image = mount.resolve("image");
    Command.run("truncate", "-s", "64M", image);
    String loop = Command.run("losetup", "-f", "--show", image).strip();
    Path inner = machine.mount(mkfs(Path.of(loop)));
    BadBlockReport report = scan(TestFile.create(inner.resolve("file"), 4).path());
    machine.unmount(inner);
    Command.run("losetup", "-d", loop);
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.LOOP_DEVICE, report.reasons().get(0).code());
    assertEquals(Verdict.UNKNOWN, scan(Path.of("/etc/passwd")).verdict());
    assertEquals(Verdict.NOT_PMEM, scan(Path.of("/proc/self/status")).verdict());
  }
}
