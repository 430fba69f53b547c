package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The scanner on XFS with a realtime device, where FIEMAP does not report the device of an extent.
 */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanRealtimeTest {
  @Test
  void aFileOnTheRealtimeDeviceIsUnknown(Machine machine) throws IOException {
    Namespace data = machine.disks().get(0);
    Namespace realtime = machine.disks().get(1);
    Command.run(
        "mkfs.xfs",
        "-q",
        "-f",
        "-m",
        "reflink=0,rmapbt=0",
        "-r",
        "rtdev=" + realtime.device(),
        data.device());
    Path mount = machine.mount(data.device(), "-o", "rtdev=" + realtime.device());
    Path empty = Files.createFile(mount.resolve("realtime"));
    Command.run("xfs_io", "-c", "chattr +r", empty);
    Files.write(empty, new byte[16 * Sectors.PAGE]);
    Command.run("sync", "-f", mount);
    TestFile ordinary = TestFile.create(mount.resolve("ordinary"), 16);

    // Nothing is bad, but of the other device nobody has asked.
    assertRealtime(BadBlockScanner.trustingLists().scanFile(empty));
    assertEquals(
        Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(ordinary.path()).verdict());
    assertTree(mount, Verdict.CLEAN);

    realtime.inject(FileExtent.page(empty, 3));
    assertRealtime(BadBlockScanner.trustingLists().scanFile(empty));
    assertEquals(
        Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(ordinary.path()).verdict());
    BadBlockReport device = BadBlockScanner.trustingLists().scanFile(realtime.device());
    assertEquals(Verdict.BAD, device.verdict());
    assertEquals(FileExtent.page(empty, 3).offset(), device.badRanges().get(0).offset());

    // The same place of the data device is not the file's.
    data.inject(FileExtent.page(empty, 3), FileExtent.page(ordinary.path(), 5));
    assertRealtime(BadBlockScanner.trustingLists().scanFile(empty));
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(ordinary.path());
    assertEquals(Verdict.BAD, report.verdict());
    assertTrue(report.complete(), report::toString);
    assertTree(mount, Verdict.BAD);
  }

  private static void assertRealtime(BadBlockReport report) {
    System.out.println(report + "\n  " + report.stack());
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertEquals(
        List.of(IncompleteReason.Code.REALTIME_DEVICE),
        report.reasons().stream().map(IncompleteReason::code).toList());
  }

  private static void assertTree(Path mount, Verdict ordinary) throws IOException {
    try (Stream<BadBlockReport> tree = BadBlockScanner.trustingLists().scanFiles(mount)) {
      Map<String, Verdict> verdicts =
          tree.collect(
              Collectors.toMap(r -> r.path().getFileName().toString(), BadBlockReport::verdict));
      assertEquals(Map.of("realtime", Verdict.UNKNOWN, "ordinary", ordinary), verdicts);
    }
  }
}
