package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tree of many damaged files reads the devices' lists once. */
@Tag("cxl")
@ExtendWith(MachineExtension.class)
class TreeCxlTest {
  private static final int FILES = 100;

  /** The kernel emits an event for each record whenever a list is read. */
  private static final Path EVENTS = Path.of("/sys/kernel/tracing/instances/counter");

  private Path mount;

  @BeforeEach
  void damage(Machine machine) throws IOException {
    Namespace disk = Cxl.namespaces().get(1);
    mount = machine.ext4(disk.device());
    for (int i = 0; i < FILES; i++) {
      Path file = TestFile.create(mount.resolve("file" + i), 1).path();
      Cxl.inject(disk, FileExtent.page(file, 0).first() * Sectors.SIZE, Cxl.UNIT);
    }
    Files.createDirectory(EVENTS);
    Sysfs.write(EVENTS.resolve("events/cxl/cxl_poison/enable"), "1");
  }

  @AfterEach
  void stopCounting() throws IOException {
    Files.delete(EVENTS);
  }

  private long records() throws IOException {
    try (Stream<String> lines = Files.lines(EVENTS.resolve("trace"))) {
      return lines.filter(line -> line.contains("cxl_poison:")).count();
    }
  }

  @Test
  void scanned() throws IOException {
    try (Stream<BadBlockReport> reports = BadBlockScanner.scanTree(mount)) {
      assertEquals(FILES, reports.filter(report -> report.verdict() == Verdict.BAD).count());
    }
    assertEquals(FILES, records());
  }

  @Test
  void ofAStatus() throws IOException {
    DeviceStatus status =
        DeviceStatus.of(List.of(mount), ProgressListener.none()).stream()
            .filter(each -> !each.ranges().isEmpty())
            .findFirst()
            .orElseThrow();
    assertEquals(
        FILES,
        status.ranges().stream()
            .flatMap(range -> range.owners().stream())
            .filter(owner -> owner.kind() == BadBlockOwner.Kind.FILE)
            .flatMap(owner -> owner.path().stream())
            .distinct()
            .count());
    assertEquals(FILES, records());
  }
}
