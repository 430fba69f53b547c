package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The scanner against the ground truth: what files look like. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanFileStockTest extends ScanScenario {
  @Test
  void writtenBackToFront(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    Path path = mount.resolve("file");
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long page = 15; page >= 0; page--) {
        channel.write(ByteBuffer.allocate(4096).put(0, (byte) 1), page * 4096);
        channel.force(true);
      }
    }
    List<FileExtent> extents = FileExtent.of(path);
    assertTrue(extents.size() > 1, extents::toString);
    long from = extents.stream().mapToLong(FileExtent::physical).min().orElseThrow();
    long to = extents.stream().mapToLong(e -> e.physical() + e.count()).max().orElseThrow();
    disk.inject(new Sectors(from, to - from));
    assertBad(path, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }

  @Test
  void sparseUnwrittenPreallocatedAndHardLinked(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    Path path = mount.resolve("file");
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.WRITE, Descriptor.Mode.CREATE)) {
      FileIo.allocate(file, 0, 4096 * 8);
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4096), 0);
      channel.write(ByteBuffer.allocate(100), 4096L * 40);
    }
    Files.createLink(mount.resolve("link"), path);
    for (FileExtent extent : FileExtent.of(path)) {
      disk.inject(new Sectors(extent.physical(), extent.count()));
    }
    assertBad(path, 0, 40);
    assertBad(mount.resolve("link"), 0, 40);
    List<BadRange> ranges = scan(path).badRanges();
    assertEquals(Kind.UNWRITTEN, ranges.get(1).kind());
    assertEquals(4096 * 7, ranges.get(1).length());
    assertEquals(Kind.PAST_END, ranges.get(ranges.size() - 1).kind());
    assertEquals(2, tree(mount).filter(r -> r.verdict() == Verdict.BAD).count());
  }

  @Test
  void sharedExtentsAreBadInBothFiles(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.xfs", "-q", "-f", "-m", "reflink=1,rmapbt=1", disk.device());
    Path mount = machine.mount(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    Path copy = mount.resolve("copy");
    Command.run("cp", "--reflink=always", file.path(), copy);
    disk.inject(FileExtent.page(file.path(), 3));
    for (Path path : List.of(file.path(), copy)) {
      BadBlockReport report = scan(path);
      assertEquals(Verdict.BAD, report.verdict());
      assertTrue(report.complete());
      assertEquals(1, report.badRanges().size());
      assertEquals(3 * 4096, report.badRanges().get(0).offset());
      assertTrue(report.badRanges().get(0).shared());
    }
  }

  @Test
  void anOverlayIsFollowed(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    for (String name : List.of("lower/d", "upper", "work", "merged")) {
      Files.createDirectories(mount.resolve(name));
    }
    TestFile lower = TestFile.create(mount.resolve("lower/d/below"), 8);
    Command.run(
        "mount",
        "-t",
        "overlay",
        "-o",
        "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(mount),
        "overlay",
        mount.resolve("merged"));
    Path above = TestFile.create(mount.resolve("merged/d/above"), 8).path();
    Path below = mount.resolve("merged/d/below");
    boolean followed = overlaysAreFollowed();
    for (Path path : List.of(below, above)) {
      assertEquals(followed ? Verdict.CLEAN : Verdict.UNKNOWN, scan(path).verdict());
    }
    disk.inject(FileExtent.page(lower.path(), 2), FileExtent.page(above, 3));
    for (Path path : List.of(below, above)) {
      BadBlockReport report = scan(path);
      if (!followed) {
        assertEquals(Verdict.UNKNOWN, report.verdict());
        assertEquals(
            List.of(IncompleteReason.Code.OVERLAY),
            report.reasons().stream().map(IncompleteReason::code).toList());
        continue;
      }
      assertEquals(Verdict.BAD, report.verdict());
      assertTrue(report.complete());
      assertEquals(1, GroundTruth.compare("overlay", report));
    }
    machine.unmount(mount.resolve("merged"));
  }

  /** Linux 6.7 and newer do not show which device an overlay's file is on. */
  private static boolean overlaysAreFollowed() {
    String[] version = System.getProperty("os.version").split("[^0-9]");
    return Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1]) <= 606;
  }

  @Test
  void aFileThatGrowsAndMoves(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 256);
    disk.inject(FileExtent.page(file.path(), 100));
    Random random = new Random(7);
    boolean[] stop = new boolean[1];
    Thread writer =
        new Thread(
            () -> {
              try (Descriptor changed =
                      Descriptor.open(file.path(), Descriptor.Mode.READ, Descriptor.Mode.WRITE);
                  FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
                while (!stop[0]) {
                  long page = 101 + random.nextInt(155);
                  FileIo.punch(changed, page * 4096, 4096);
                  channel.write(ByteBuffer.allocate(4096), page * 4096);
                  channel.write(ByteBuffer.allocate(4096), channel.size());
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    writer.start();
    int complete = 0;
    for (int i = 0; i < 30; i++) {
      BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file.path());
      assertEquals(Verdict.BAD, report.verdict(), report::toString);
      assertTrue(report.intersects(100 * 4096, 4096));
      complete += report.complete() ? 1 : 0;
    }
    stop[0] = true;
    writer.join();
    System.out.println("complete while the file moved: " + complete + " of 30");
    BadBlockReport report = scan(file.path());
    assertTrue(report.complete());
    GroundTruth.compare("after it moved", report);
  }
}
