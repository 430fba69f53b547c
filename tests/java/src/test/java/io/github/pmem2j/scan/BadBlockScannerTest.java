package io.github.pmem2j.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.ExtentBatch;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.testkit.FakeDisk;
import io.github.pmem2j.testkit.FakeSysfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scanner on real files of this machine's own disk, which a made-up sysfs takes for persistent
 * memory with errors at chosen places.
 */
class BadBlockScannerTest {
  private static final int BLOCK = 4096;

  @TempDir private Path temporary;

  private FakeSysfs sysfs;
  private BadBlockScanner scanner;
  private String device;

  @BeforeEach
  void setUp() throws IOException {
    sysfs = new FakeSysfs(temporary.resolve("sys"));
    scanner =
        new BadBlockScanner(
            Host.local()
                .withSys(sysfs.root())
                .withTables(
                    number -> {
                      throw new AccessDeniedException("/dev/mapper/control");
                    }));
    device = FakeDisk.device(temporary).toString();
    assumeTrue(!device.startsWith("0:"), "the temporary directory is on no block device");
  }

  private void bad(String list) throws IOException {
    sysfs.disk(device, "pmem0", list);
  }

  private Path file(String name, int blocks) throws IOException {
    byte[] content = new byte[blocks * BLOCK];
    new Random(blocks).nextBytes(content);
    return Files.write(temporary.resolve(name), content);
  }

  /**
   * Where the extents are, in the file and on the device, in sectors: {logical, physical, count}.
   */
  private static List<long[]> extents(Path path) throws IOException {
    List<long[]> extents = new ArrayList<>();
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      ExtentBatch batch = new ExtentBatch(1000);
      file.extents(0, true, batch);
      for (int i = 0; i < batch.count(); i++) {
        extents.add(
            new long[] {batch.logical(i) / 512, batch.physical(i) / 512, batch.length(i) / 512});
      }
    }
    return extents;
  }

  @Test
  void aFileOnACleanDevice() throws IOException {
    bad("");
    BadBlockReport report = scanner.scanFile(file("f", 2));
    assertEquals(Verdict.CLEAN, report.verdict());
    assertEquals(2 * BLOCK, report.size());
    assertEquals(
        temporary.resolve("f") + " on pmem0 (region0, namespace0.0, fsdax)", report.stack());
  }

  @Test
  void exactlyTheBadSectors() throws IOException {
    Path path = file("f", 4);
    long start = extents(path).get(0)[1];
    bad("%d 1\n%d 2\n".formatted(start + 3, start + 15));
    BadBlockReport report = scanner.scanFile(path);
    assertEquals(Verdict.BAD, report.verdict());
    assertTrue(report.complete());
    assertEquals(
        List.of(
            BadRange.of(new ByteRange(3 * 512, 512), new ByteRange(0, BLOCK), Kind.DATA)
                .withOrigin("pmem0", start + 3),
            BadRange.of(new ByteRange(15 * 512, 1024), new ByteRange(BLOCK, 2 * BLOCK), Kind.DATA)
                .withOrigin("pmem0", start + 15)),
        report.badRanges());
    assertEquals(Verdict.CLEAN, scanner.scanFile(file("other", 1)).verdict());
  }

  @Test
  void sparseAndUnwrittenFiles() throws IOException {
    Path path = temporary.resolve("f");
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.WRITE, Descriptor.Mode.CREATE);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      FileIo.allocate(file, 0, 4 * BLOCK);
      channel.write(ByteBuffer.allocate(BLOCK), 0);
      channel.write(ByteBuffer.allocate(100), 20L * BLOCK);
    }
    StringBuilder list = new StringBuilder();
    for (long[] extent : extents(path)) {
      list.append(extent[1]).append(' ').append(extent[2]).append('\n');
    }
    bad(list.toString());
    List<BadRange> ranges = scanner.scanFile(path).badRanges();
    assertEquals(
        List.of("DATA 0+4096", "UNWRITTEN 4096+12288", "DATA 81920+512", "PAST_END 82432+3584"),
        ranges.stream().map(r -> r.kind() + " " + r.offset() + "+" + r.length()).toList());
  }

  @Test
  void aFileWrittenBackToFront() throws IOException {
    Path path = temporary.resolve("f");
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long block = 31; block >= 0; block -= 2) {
        channel.write(ByteBuffer.allocate(BLOCK), block * BLOCK);
        channel.force(true);
      }
    }
    List<long[]> extents = extents(path);
    long from = extents.stream().mapToLong(e -> e[1]).min().orElseThrow();
    long to = extents.stream().mapToLong(e -> e[1] + e[2]).max().orElseThrow();
    bad(from + " " + (to - from) + "\n");
    BadBlockReport report = scanner.scanFile(path);
    for (long[] extent : extents) {
      assertTrue(report.goodRanges(extent[0] * 512, extent[2] * 512).isEmpty());
    }
    assertTrue(report.complete());
  }

  @Test
  void whatCannotBeScanned() throws IOException {
    bad("");
    assertThrows(NoSuchFileException.class, () -> scanner.scanFile(temporary.resolve("none")));
    assertThrows(FileSystemException.class, () -> scanner.scanFile(temporary));
    assertThrows(FileSystemException.class, () -> BadBlockScanner.scan(Path.of("/dev/null")));
  }

  @Test
  void thisMachinesOwnDiskIsNoPersistentMemory() throws IOException {
    Path path = file("f", 1);
    Verdict verdict = BadBlockScanner.scan(path).verdict();
    assertTrue(verdict == Verdict.NOT_PMEM || verdict == Verdict.UNKNOWN, verdict.toString());
    assertEquals(Verdict.NOT_PMEM, BadBlockScanner.scan(Path.of("/proc/self/status")).verdict());
  }

  @Test
  void aDeviceThatSysfsDoesNotShowIsUnknown() throws IOException {
    BadBlockReport report = scanner.scanFile(file("f", 1));
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.NO_SYSFS, report.reasons().get(0).code());
  }

  @Test
  void aFileThatGrowsAndMovesDuringTheScan() throws Exception {
    Path path = file("f", 64);
    long[] first = extents(path).get(0);
    bad(first[1] + " 8\n");
    boolean[] stop = new boolean[1];
    Thread writer =
        new Thread(
            () -> {
              try (Descriptor file =
                      Descriptor.open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
                  FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                for (long block = 1; !stop[0]; block = 1 + (block + 7) % 60) {
                  FileIo.punch(file, block * BLOCK, BLOCK);
                  channel.write(ByteBuffer.allocate(BLOCK), block * BLOCK);
                  channel.write(ByteBuffer.allocate(BLOCK), channel.size() % (1 << 24));
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 200; i++) {
        BadBlockReport report = scanner.scanFile(path);
        assertEquals(Verdict.BAD, report.verdict(), report::toString);
        assertTrue(report.intersects(0, 1));
        assertTrue(
            report.complete()
                || report.reasons().stream()
                    .allMatch(
                        r ->
                            r.code() == IncompleteReason.Code.CHANGING
                                || r.code() == IncompleteReason.Code.EXTENTS_UNUSABLE),
            report::toString);
      }
    } finally {
      stop[0] = true;
      writer.join();
    }
    assertTrue(scanner.scanFile(path).complete());
  }

  @Test
  void aTree() throws IOException {
    Path root = Files.createDirectories(temporary.resolve("tree/a/b")).getParent().getParent();
    Path clean = file("tree/a/clean", 1);
    Path bad = file("tree/a/b/bad", 2);
    Files.createSymbolicLink(root.resolve("link"), bad);
    Files.createLink(root.resolve("hard"), bad);
    bad(extents(bad).get(0)[1] + 8 + " 1\n");
    Map<String, Verdict> verdicts;
    try (Stream<BadBlockReport> reports = scanner.scanFiles(root)) {
      verdicts =
          reports.collect(
              Collectors.toMap(r -> root.relativize(r.path()).toString(), r -> r.verdict()));
    }
    assertEquals(
        Map.of("a/clean", Verdict.CLEAN, "a/b/bad", Verdict.BAD, "hard", Verdict.BAD), verdicts);
    bad("");
    assertEquals(3, scanner.scanFiles(root).filter(r -> r.verdict() == Verdict.CLEAN).count());
    assertEquals(Verdict.CLEAN, scanner.scanFiles(clean).findFirst().orElseThrow().verdict());
    assertThrows(NoSuchFileException.class, () -> scanner.scanFiles(root.resolve("none")).close());
    try (Stream<BadBlockReport> closed = scanner.scanFiles(root)) {
      assertTrue(closed.iterator().hasNext());
    }
  }

  @Test
  void dmAndPartitionsBelowAFile() throws IOException {
    Path path = file("f", 2);
    long start = extents(path).get(0)[1];
    sysfs.disk("259:0", "pmem0", start + 100 + " 1\n");
    sysfs.partition(device, "pmem0", "pmem0p1", 100, Long.MAX_VALUE / 1024);
    BadRange range = scanner.scanFile(path).badRanges().get(0);
    assertEquals(0, range.offset());
    assertEquals(start + 100, range.deviceSector());
  }

  @Test
  void daxDevices() throws IOException {
    String number = Files.getAttribute(Path.of("/dev/null"), "unix:rdev").equals(259L) ? "1:3" : "";
    assumeTrue(!number.isEmpty());
    String directory = FakeSysfs.REGION + "/dax0.0/dax0.0";
    sysfs.device("char", number, directory, "size", "2097152\n");
    sysfs.write(FakeSysfs.REGION + "/badblocks", "");
    Path node = Path.of("/dev/null");
    assertEquals(Verdict.CLEAN, scanner.scanFile(node).verdict());

    sysfs.write(FakeSysfs.REGION + "/badblocks", "8 1\n5000 4\n");
    BadBlockReport report = scanner.scanFile(node);
    assertEquals(IncompleteReason.Code.BOUNDS_UNREADABLE, report.reasons().get(0).code());
    assertEquals(Verdict.UNKNOWN, report.verdict());

    sysfs.write(FakeSysfs.REGION + "/resource", "0x100000000\n");
    sysfs.write(directory + "/resource", "0x100200000\n");
    report = scanner.scanFile(node);
    assertEquals(
        List.of(
            BadRange.of(
                    new ByteRange(904 * 512, 4 * 512), new ByteRange(904 * 512, 4 * 512), Kind.DATA)
                .withOrigin("dax0.0", 904)),
        report.badRanges());
    assertTrue(report.complete());
    long sector = 904 * 512;
    assertEquals(Verdict.BAD, scanner.scanFile(node, new ByteRange(sector, 1)).verdict());
    assertEquals(Verdict.CLEAN, scanner.scanFile(node, new ByteRange(0, 4096)).verdict());

    sysfs.write(directory + "/resource", "0x100000000\n");
    assertEquals(1, scanner.scanFile(node).badRanges().size()); // 5000 is past its end
    sysfs.device("char", number, "devices/platform/hmem.0/dax1.0", "size", "4096\n");
    report = scanner.scanFile(node);
    assertEquals(IncompleteReason.Code.DAX_WITHOUT_LIST, report.reasons().get(0).code());
  }
}
