package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileMoves;
import io.github.pmem2j.internal.scan.SteppedScan;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** No file with a page that cannot be read is CLEAN, with any layers above the device. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanLayersTest extends ScanScenario {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;
  private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

  /** A new leg takes over what could not be read from the old one, in md's own list alone. */
  @Test
  void aRaidLegThatWasRecoveredFromABadOne(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Namespace other = machine.disks().get(1);
    Path bad = machine.partition(disk, new Sectors(MIB, 64 * MIB)).get(0);
    Path fresh = machine.partition(other, new Sectors(MIB, 64 * MIB)).get(0);
    Path raid = Path.of("/dev/md127");
    Command.run(
        "mdadm",
        "--create",
        raid,
        "--run",
        "--level=1",
        "--assume-clean",
        "--metadata=1.2",
        "--bitmap=none",
        "--raid-devices=2",
        bad,
        "missing");
    Sysfs.await(raid + " to appear", () -> Files.exists(raid));
    TestFile file = TestFile.create(machine.ext4WithoutDax(raid).resolve("file"), 64);
    Sectors page = FileExtent.page(file.path(), 40);
    long start = Long.parseLong(Sysfs.read(leg(bad).resolve("offset")));
    disk.inject(new Sectors(MIB + start + page.first(), page.count()));

    Command.run("mdadm", raid, "--add", fresh);
    Path state = Path.of("/sys/block", raid.getFileName().toString(), "md");
    Sysfs.await("the recovery", () -> Sysfs.read(state.resolve("degraded")).equals("0"));
    Command.run("mdadm", raid, "--fail", bad);
    Sysfs.await(
        "md to let go", () -> Command.attempt("mdadm", raid, "--remove", bad).exitCode() == 0);
    Sysfs.write(DROP_CACHES, "1");

    assertEquals(List.of(), other.badBlocks());
    assertFalse(GroundTruth.badPages(file.path()).isEmpty(), "md reads what it never had");
    BadBlockReport report = scan(file.path());
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertTrue(report.reasons().get(0).message().contains("md127"), report::toString);
  }

  private static Path leg(Path device) {
    return Path.of("/sys/block/md127/md/dev-" + device.getFileName());
  }

  /**
   * The overlay still reads the directory that it was mounted over, which its path no longer names.
   */
  @Test
  void anOverlayOfWhatIsMountedOverByItsCopy(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Sectors half = new Sectors(MIB, 100 * MIB);
    List<Path> halves = machine.partition(disk, half, new Sectors(101 * MIB, 100 * MIB));
    Path lower = machine.ext4WithoutDax(halves.get(0));
    Files.createDirectories(lower.resolve("d"));
    TestFile file = TestFile.create(lower.resolve("d/file"), 16);
    Command.run("sync", "-f", lower);
    Path tmpfs = machine.mount(Path.of("tmpfs"), "-t", "tmpfs");
    for (String name : List.of("upper", "work", "merged")) {
      Files.createDirectories(tmpfs.resolve(name));
    }
    Path merged = tmpfs.resolve("merged");
    String layers =
        "lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(lower, tmpfs.resolve("upper"), tmpfs.resolve("work"));
    Command.run("mount", "-t", "overlay", "-o", layers, "overlay", merged);
    Path seen = merged.resolve("d/file");
    Command.run("dd", "if=" + halves.get(0), "of=" + halves.get(1), "bs=1M", "status=none");
    Command.run("mount", halves.get(1), lower);
    Sectors page = FileExtent.page(file.path(), 3);
    disk.inject(new Sectors(half.first() + page.first(), page.count()));
    Sysfs.write(DROP_CACHES, "1");
    assertFalse(GroundTruth.badPages(seen).isEmpty());
    assertNotEquals(Verdict.CLEAN, scan(seen).verdict());
    assertEquals(Verdict.CLEAN, scan(lower.resolve("d/file")).verdict());
  }

  /**
   * The file has one bad page all the time. Its extents take two system calls, and it moves between
   * them so that neither returns that page: in every pass the same mixture of two states.
   */
  @Test
  void aFileThatMovesBetweenTwoBatchesOfExtents(Machine machine) throws IOException {
    int firstBatch = 1024;
    int pages = 2 * (firstBatch + 200);
    Namespace disk = machine.disks().get(0);
    Path path = machine.xfs(disk.device()).resolve("file");
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.WRITE, Descriptor.Mode.CREATE)) {
      FileIo.write(file, ByteBuffer.allocate(pages * Sectors.PAGE), 0);
      FileIo.sync(file);
      FileIo.punch(file, 0, Sectors.PAGE);
      for (long page = 1; page < pages; page += 2) {
        FileIo.punch(file, page * Sectors.PAGE, Sectors.PAGE);
      }
    }
    // The extents are pages 2, 4, 6...: the bad one is the first of the second batch, or, two pages
    // further down, the last of the first.
    int bad = 2 * firstBatch + 2;
    disk.inject(FileExtent.page(path, bad));
    boolean[] isDown = {false};
    int[] moves = {0};
    BadBlockReport report;
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.WRITE)) {
      SteppedScan.Hook move =
          offset -> {
            boolean begins = offset == 0;
            if (begins == isDown[0]) {
              if (begins) {
                FileMoves.insert(file, 2 * Sectors.PAGE);
              } else {
                FileMoves.collapse(file, 2 * Sectors.PAGE);
              }
              isDown[0] = !begins;
              moves[0]++;
            }
          };
      report = SteppedScan.scan(path, move);
      System.out.println(moves[0] + " moves, then " + report);
      FileMoves.insert(file, 2 * Sectors.PAGE);
    }
    assertEquals(List.of(), report.badRanges(), "it was never seen");
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertTrue(moves[0] > 3, "two passes and more");
    assertEquals(IncompleteReason.Code.CHANGING, report.reasons().get(0).code());
    report = scan(path);
    assertEquals(Verdict.BAD, report.verdict(), report::toString);
    assertEquals((long) bad * Sectors.PAGE, report.badRanges().get(0).offset());
  }

  /** Without a block of its hashes none of the pages that they vouch for is read. */
  @Test
  void theHashTreeOfAVerifiedFile(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE, "-O", "verity", disk.device());
    Path mount = machine.mount(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 300);
    Command.run("fsverity", "enable", file.path());
    Command.run("sync", "-f", mount);
    // The tree starts at the next multiple of 64 KiB: its root, then the hashes of 128 pages each.
    disk.inject(FileExtent.page(file.path(), 305));
    machine.unmount(mount);
    Path again = machine.mount(disk.device()).resolve("file");
    SortedSet<Long> lost = GroundTruth.badPages(again);
    assertEquals(128, lost.size(), lost::toString);
    BadBlockReport report = scan(again);
    assertTrue(report.verdict() != Verdict.CLEAN && !report.complete(), report::toString);
    BadBlockReport part = BadBlockScanner.trustingLists().scanFile(again, page(0));
    assertTrue(part.verdict() != Verdict.CLEAN && !part.complete(), part::toString);
    assertEquals(1, CommandLine.run("verify", again).exitCode());
  }

  /** The place of a compressed extent is not a place of the file's bytes. */
  @Test
  void aCompressedFile(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path directory = Files.createTempDirectory("image");
    Files.writeString(directory.resolve("file"), "compressible ".repeat(50_000));
    Path image = Files.createTempDirectory("image").resolve("erofs");
    Command.run("mkfs.erofs", "-zlz4", image, directory);
    Command.run("dd", "if=" + image, "of=" + disk.device(), "bs=1M", "status=none");
    disk.inject(new Sectors(Sectors.PER_PAGE, 1));
    Path file = machine.mount(disk.device(), "-t", "erofs").resolve("file");
    SortedSet<Long> lost = GroundTruth.badPages(file);
    BadBlockReport report = scan(file);
    System.out.println("pages of a bad compressed block: " + lost.size() + "; " + report);
    assertFalse(lost.isEmpty());
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertEquals(List.of(), report.badRanges());
  }

  /** What is bad behind the end of a file makes the whole of its last page unreadable. */
  @Test
  void behindTheEndInTheLastPage(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path file = Files.write(machine.ext4(disk.device()).resolve("file"), new byte[100]);
    Sectors page = FileExtent.page(file, 0);
    disk.inject(new Sectors(page.first() + 5, 1));
    Sysfs.write(DROP_CACHES, "1");
    assertFalse(GroundTruth.badPages(file).isEmpty());
    BadBlockReport report = scan(file);
    assertEquals(
        List.of(BadRange.Kind.PAST_END), report.badRanges().stream().map(BadRange::kind).toList());
    assertEquals(RangeSet.of(), report.lost());
    assertEquals(RangeSet.of(new ByteRange(0, 100)), report.unreadable());
    assertEquals(Verdict.BAD, report.verdict(), report::toString);
  }

  private static ByteRange page(long number) {
    return new ByteRange(number * Sectors.PAGE, Sectors.PAGE);
  }
}
