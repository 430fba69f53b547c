package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.device.OwnedRange;
import io.github.pmem2j.internal.device.CxlPoison;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares the poison lists that are read with what was injected. */
@Tag("cxl")
@Tag("cxl2")
@ExtendWith(MachineExtension.class)
class CxlPoisonListTest {
  private static final Path SYS = Path.of("/sys");
  private static final Path OPTIONS = Path.of("/sys/kernel/tracing/trace_options");
  private static final Path INSTANCES = Path.of("/sys/kernel/tracing/instances");

  private static CxlPoison.PoisonList read(Namespace namespace) {
    String region = SYS.relativize(namespace.region()).toString();
    CxlPoison.PoisonList answer =
        new CxlPoison(new io.github.pmem2j.internal.linux.Sysfs(SYS)).read(region);
    assertEquals(List.of(), answer.reasons());
    return answer;
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(List.of(), Sysfs.list(INSTANCES, "pmem2j-.*"));
  }

  /** The sectors of a namespace's device that are listed as bad. */
  private static Set<Long> badSectors(Namespace namespace) {
    Set<Long> sectors = new TreeSet<>();
    for (ByteRange range : read(namespace).bad()) {
      for (long at = range.offset(); at < range.end(); at += Sectors.SIZE) {
        sectors.add(at / Sectors.SIZE - namespace.regionOffset());
      }
    }
    return sectors;
  }

  /** Those of 48 sectors that have a byte of some poison, found unit by unit. */
  private static Set<Long> sectorsOf(Namespace namespace, long first, Cxl.Poison poison) {
    Cxl.Layout layout = Cxl.Layout.of(namespace);
    Set<Long> sectors = new TreeSet<>();
    for (long at = first * Sectors.SIZE; at < (first + 48) * Sectors.SIZE; at += Cxl.UNIT) {
      Cxl.Poison place = layout.place(at, Cxl.UNIT);
      if (place.memdev().equals(poison.memdev())
          && place.address() >= poison.address()
          && place.address() < poison.address() + poison.length()) {
        sectors.add(at / Sectors.SIZE);
      }
    }
    return sectors;
  }

  @Test
  void underTwoFilesAndInFreeSpace(Machine machine) throws IOException {
    for (Namespace disk : Cxl.namespaces()) {
      Path mount = machine.ext4(disk.device());
      assertEquals(Set.of(), badSectors(disk));
      long one = FileExtent.page(TestFile.create(mount.resolve("one"), 16).path(), 5).first() + 3;
      long two = FileExtent.page(TestFile.create(mount.resolve("two"), 16).path(), 9).first();
      long free = disk.sectors() - 8;
      List<Cxl.Poison> injected = new ArrayList<>();
      for (long sector : List.of(one, two, free)) {
        injected.add(Cxl.inject(disk, sector * Sectors.SIZE + 128, 64));
      }
      assertEquals(Set.of(one, two, free), badSectors(disk));
      BadBlockReport report = BadBlockScanner.scan(mount.resolve("one"));
      assertTrue(report.complete(), report::toString);
      ByteRange lost = new ByteRange(5L * Sectors.PAGE + 3 * Sectors.SIZE, Sectors.SIZE);
      assertEquals(RangeSet.of(lost), report.lost());
      assertEquals(ErrorSource.Kind.DEVICE_LIST, report.sources().get(0).kind());
      assertEquals(Set.copyOf(injected), Set.copyOf(Cxl.listed()));
      Cxl.clear(injected.get(0));
      report = BadBlockScanner.scan(mount.resolve("one"));
      assertEquals(Verdict.CLEAN, report.verdict(), report::toString);
      assertEquals(Set.of(two, free), badSectors(disk));
      Cxl.clear(injected.get(1));
      Cxl.clear(injected.get(2));
      for (Namespace other : Cxl.namespaces()) {
        assertEquals(Set.of(), badSectors(other));
      }
    }
  }

  @Test
  void withoutPermissionAFileIsNotClean(Machine machine) throws IOException {
    Path mount = machine.ext4(Cxl.namespaces().get(0).device());
    Path file = TestFile.create(mount.resolve("file"), 1).path();
    Command.Result scan = CommandLine.runAsNobody("scan", file);
    assertEquals(3, scan.exitCode(), scan::toString);
    assertTrue(scan.output().contains("only root can read the poison list"), scan::toString);
  }

  /** Two and a half granules of one device, from the middle of one; the others are between. */
  @Test
  void acrossGranules(Machine machine) {
    for (Namespace disk : Cxl.namespaces()) {
      for (long length : List.of(64L, 640L, 10240L)) {
        long first = 4096;
        Cxl.Poison poison = Cxl.inject(disk, first * Sectors.SIZE + 128, length);
        Set<Long> expected = sectorsOf(disk, first, poison);
        assertTrue(expected.contains(first), expected::toString);
        assertEquals(expected, badSectors(disk));
        Cxl.clear(poison);
      }
    }
  }

  @Test
  void underADaxDevice(Machine machine) throws IOException {
    for (Namespace disk : Cxl.namespaces()) {
      Namespace dax = Cxl.reshape(disk, "devdax");
      Cxl.inject(dax, 1000 * Sectors.SIZE, 64);
      assertEquals(Set.of(1000L), badSectors(dax));
      assertEquals(
          RangeSet.of(new ByteRange(1000 * Sectors.SIZE, Sectors.SIZE)),
          BadBlockScanner.scan(dax.device()).lost());
    }
  }

  @Test
  void inNoRegion(Machine machine) {
    Namespace disk = Cxl.namespaces().get(0);
    Cxl.inject(new Cxl.Poison("mem0", 0x2800_0000, 128));
    CxlPoison.PoisonList answer = read(disk);
    assertEquals(RangeSet.empty(), answer.bad());
    assertEquals(Set.of(new CxlPoison.Unmapped("mem0", 0x2800_0000, 128)), answer.unmapped());
  }

  /** Under a file, in free space, in the metadata of the namespace, and in no region. */
  @Test
  void theStatusAccountsForAllThatDevicesList(Machine machine) throws IOException {
    Namespace disk = Cxl.namespaces().get(0);
    Path mount = machine.ext4(disk.device());
    Path file = TestFile.create(mount.resolve("file"), 16).path();
    long bad = FileExtent.page(file, 5).first() * Sectors.SIZE + 3 * Sectors.SIZE;
    long free = disk.sectors() * Sectors.SIZE - Sectors.PAGE;
    long metadata = -(1L << 20);
    List<Cxl.Poison> injected = new ArrayList<>();
    for (long offset : List.of(bad, free, metadata)) {
      injected.add(Cxl.inject(disk, offset, Cxl.UNIT));
    }
    Cxl.Poison nowhere = new Cxl.Poison("mem0", 0x2800_0000, 128);
    Cxl.inject(nowhere);
    injected.add(nowhere);

    List<DeviceStatus> statuses = DeviceStatus.ofMachine();
    statuses.forEach(status -> System.out.println(status.device() + " " + status.ranges()));
    Map<Kind, ByteRange> owned = new TreeMap<>();
    List<DeviceStatus.UnmappedPoison> unmapped = new ArrayList<>();
    for (DeviceStatus status : statuses) {
      assertTrue(status.complete(), () -> status.reasons().toString());
      unmapped.addAll(status.unmapped());
      for (OwnedRange range : status.ranges()) {
        assertEquals(1, range.owners().size(), range::toString);
        owned.put(range.owners().get(0).kind(), range.range());
      }
    }
    long start = disk.regionOffset() * Sectors.SIZE;
    assertEquals(
        Map.of(
            Kind.FILE, new ByteRange(bad, Sectors.SIZE),
            Kind.FREE, new ByteRange(free, Sectors.SIZE),
            Kind.NAMESPACE_METADATA, new ByteRange(start + metadata, Sectors.SIZE)),
        owned);
    assertEquals(
        List.of(new DeviceStatus.UnmappedPoison("mem0", nowhere.address(), nowhere.length())),
        unmapped);
    assertEquals(Set.copyOf(injected), Set.copyOf(Cxl.listed()));
    assertEquals(injected.size(), owned.size() + unmapped.size());
  }

  @Test
  void theStatusOfRegionsWithoutADevice(Machine machine) throws IOException {
    Namespace disk = Cxl.namespaces().get(0);
    Cxl.inject(disk, 0, Cxl.UNIT);
    Cxl.inject(new Cxl.Poison("mem0", 0x2800_0000, 128));
    List<String> names = Cxl.namespaces().stream().map(Namespace::name).toList();
    List<DeviceStatus> statuses;
    names.forEach(name -> Command.run("ndctl", "disable-namespace", name));
    try {
      statuses = DeviceStatus.ofMachine();
    } finally {
      names.forEach(name -> Command.run("ndctl", "enable-namespace", name));
    }
    assertEquals(
        List.of(
            new ByteRange(disk.regionOffset() * Sectors.SIZE, Sectors.SIZE)
                + " "
                + disk.name()
                + " is not enabled"),
        statuses.stream()
            .flatMap(status -> status.ranges().stream())
            .map(range -> range.range() + " " + range.owners().get(0).detail())
            .toList());
    assertEquals(
        List.of(new DeviceStatus.UnmappedPoison("mem0", 0x2800_0000, 128)),
        statuses.stream().flatMap(status -> status.unmapped().stream()).toList());
  }

  @Test
  void aHundredErrors(Machine machine) {
    Namespace disk = Cxl.namespaces().get(1);
    Set<Long> expected = new TreeSet<>();
    for (long sector = 0; sector < 400; sector += 4) {
      Cxl.inject(disk, sector * Sectors.SIZE, 64);
      expected.add(sector);
    }
    assertEquals(expected, badSectors(disk));
  }

  @Test
  void anInterruptedThread(Machine machine) {
    Namespace disk = Cxl.namespaces().get(0);
    Cxl.inject(disk, 0, 64);
    Thread.currentThread().interrupt();
    try {
      assertEquals(Set.of(0L), badSectors(disk));
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  /** A new trace instance has the options that are set for all of the machine. */
  @Test
  void whateverOptionsOfTracingAreSet(Machine machine) {
    Namespace disk = Cxl.namespaces().get(0);
    Cxl.inject(disk, 512, 64);
    List<String> options =
        List.of("raw", "hex", "fields", "stacktrace", "nomarkers", "nooverwrite");
    try {
      options.forEach(option -> Sysfs.write(OPTIONS, option));
      assertEquals(Set.of(1L), badSectors(disk));
    } finally {
      options.forEach(o -> Sysfs.write(OPTIONS, o.startsWith("no") ? o.substring(2) : "no" + o));
    }
  }

  /** A process that is killed leaves its trace instance behind; one that lives keeps it. */
  @Test
  void whatAKilledProcessLeftIsRemoved(Machine machine) throws Exception {
    Path instance = INSTANCES.resolve("pmem2j-0123456789abcdef0123456789abcdef");
    Path other = INSTANCES.resolve("of-somebody-else");
    Files.createDirectory(instance);
    Files.createDirectory(other);
    Process process =
        new ProcessBuilder("sh", "-c", "exec sleep 1000 3<" + instance + "/tracing_on")
            .inheritIO()
            .start();
    Path held = Path.of("/proc/" + process.pid() + "/fd/3");
    Sysfs.await("the file to be open", () -> Files.exists(held));
    Namespace disk = Cxl.namespaces().get(0);
    read(disk);
    assertTrue(Files.exists(instance));
    process.destroyForcibly().waitFor();
    read(disk);
    assertTrue(Files.notExists(instance));
    assertTrue(Files.exists(other));
    Files.delete(other);
  }
}
