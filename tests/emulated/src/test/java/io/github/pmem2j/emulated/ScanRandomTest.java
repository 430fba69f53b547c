package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random devices, file systems, histories and errors, and every page of every file against the
 * ground truth. PMEM2J_SEED repeats a run, PMEM2J_ROUNDS makes it longer or shorter.
 */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class ScanRandomTest {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;
  private static final int ROUNDS_PER_FILE_SYSTEM = 5;
  private static final int PAGES = 96;

  /** Where a sector of the file system's device is. */
  private interface Place {
    void inject(long sector, long count);
  }

  private final long seed = number("PMEM2J_SEED", System.nanoTime());
  private final Random random = new Random(seed);
  private Path mount;
  private Place place;
  private String what;

  private static long number(String name, long otherwise) {
    String value = System.getenv(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  @Test
  void noPageIsMissed(Machine machine) throws IOException {
    long rounds = number("PMEM2J_ROUNDS", System.getenv("PMEM2J_NIGHTLY") == null ? 20 : 50);
    System.out.println("PMEM2J_SEED=" + seed + " PMEM2J_ROUNDS=" + rounds);
    long pages = 0;
    long bad = 0;
    int files = 0;
    Map<Verdict, Integer> verdicts = new TreeMap<>();
    long begin = System.nanoTime();
    for (int round = 0; round < rounds; round++) {
      if (round % ROUNDS_PER_FILE_SYSTEM == 0) {
        machine.reset();
        makeFileSystem(machine, round / ROUNDS_PER_FILE_SYSTEM);
      }
      for (int i = 0; i < 25; i++) {
        try {
          change(mount.resolve("f" + random.nextInt(8)));
        } catch (IOException e) {
          // Fails on the errors of earlier rounds; only the final state counts.
        }
      }
      injectErrors();
      String now = "seed " + seed + ", round " + round + ", " + what;
      try (Stream<BadBlockReport> tree = BadBlockScanner.trustingLists().scanFiles(mount)) {
        for (BadBlockReport report : tree.toList()) {
          bad += GroundTruth.compare(now, report);
          pages += report.size() / Sectors.PAGE;
          files++;
          verdicts.merge(report.verdict(), 1, Integer::sum);
          assertTrue(report.complete(), now + report);
          assertTrue(
              BadBlockScanner.trustingLists()
                  .scanFile(report.path())
                  .badRanges()
                  .equals(report.badRanges()));
        }
      }
      if (round % 5 == 0) {
        compareWithLibpmem2(mount.resolve("f0"));
      }
    }
    System.out.printf(
        "seed %d: %d rounds, %d files, %d pages, %d bad, false CLEAN 0, %s, %.1f s%n",
        seed, rounds, files, pages, bad, verdicts, (System.nanoTime() - begin) / 1e9);
    assertTrue(bad > 0, "it must have met errors");
  }

  private void makeFileSystem(Machine machine, int number) {
    Namespace first = machine.disks().get(0);
    Namespace second = machine.disks().get(1);
    Path device;
    switch (number % 4) {
      case 0 -> {
        what = "disk";
        device = second.device();
        place = (sector, count) -> second.inject(new Sectors(sector, count));
      }
      case 1 -> {
        what = "linear over a partition";
        Path part = machine.partition(second, new Sectors(MIB, 700 * MIB)).get(0);
        device =
            machine.linear(
                "random" + number,
                new Machine.Section(part, new Sectors(350 * MIB, 170 * MIB)),
                new Machine.Section(part, new Sectors(8, 170 * MIB)));
        place =
            (sector, count) -> {
              long at = sector < 170 * MIB ? sector + 350 * MIB : sector - 170 * MIB + 8;
              second.inject(new Sectors(MIB + at, count));
            };
      }
      case 2 -> {
        what = "striped";
        device =
            machine.striped(
                "random" + number,
                8,
                new Machine.Section(first.device(), new Sectors(16, 170 * MIB)),
                new Machine.Section(second.device(), new Sectors(99 * MIB, 170 * MIB)));
        place =
            (sector, count) -> {
              for (long at = sector; at < sector + count; at++) {
                long below = at / 16 * 8 + at % 8;
                (at / 8 % 2 == 0 ? first : second)
                    .inject(new Sectors(below + (at / 8 % 2 == 0 ? 16 : 99 * MIB), 1));
              }
            };
      }
      default -> {
        what = "partition";
        device = machine.partition(first, new Sectors(4096, 400 * MIB)).get(0);
        place = (sector, count) -> first.inject(new Sectors(4096 + sector, count));
      }
    }
    boolean xfs = random.nextBoolean();
    what += xfs ? ", XFS" : ", ext4";
    mount = xfs ? machine.xfs(device) : machine.ext4(device);
    System.out.println(what);
  }

  /** One step of a history. */
  private void change(Path path) throws IOException {
    long page = random.nextInt(PAGES);
    int count = 1 + random.nextInt(8);
    switch (random.nextInt(10)) {
      case 0 -> Files.deleteIfExists(path);
      case 1 -> {
        Path other = mount.resolve("f" + random.nextInt(8));
        if (Files.exists(other) && !other.equals(path)) {
          Files.copy(other, path, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      case 2 -> punchOrAllocate(path, page, count, true);
      case 3 -> punchOrAllocate(path, page, count, false);
      case 4 -> {
        if (Files.exists(path)) {
          try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(random.nextInt(PAGES * Sectors.PAGE));
          }
        }
      }
      default -> {
        byte[] content = new byte[count * Sectors.PAGE];
        random.nextBytes(content);
        try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(content), page * Sectors.PAGE);
        }
      }
    }
  }

  private static void punchOrAllocate(Path path, long page, int count, boolean punch)
      throws IOException {
    if (Files.exists(path)) {
      try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE)) {
        long offset = page * Sectors.PAGE;
        if (punch) {
          FileIo.punch(file, offset, (long) count * Sectors.PAGE);
        } else {
          FileIo.allocate(file, offset, (long) count * Sectors.PAGE);
        }
      }
    }
  }

  /** Errors in extents of files: in the file system's own blocks they would shut it down. */
  private void injectErrors() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(mount)) {
      entries.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    for (int i = random.nextInt(5); i > 0 && !files.isEmpty(); i--) {
      List<FileExtent> extents = FileExtent.of(files.get(random.nextInt(files.size())));
      if (!extents.isEmpty()) {
        FileExtent extent = extents.get(random.nextInt(extents.size()));
        long from = random.nextInt((int) extent.count());
        long most = Math.min(extent.count() - from, random.nextBoolean() ? 2 : 40);
        place.inject(extent.physical() + from, 1 + random.nextInt((int) most));
      }
    }
  }

  /** What libpmem2 finds, the scanner finds. */
  private void compareWithLibpmem2(Path path) throws IOException {
    if (Files.exists(path)) {
      BadBlockReport report = BadBlockScanner.trustingLists().scanFile(path);
      try (Pmem2BadBlocks blocks = Pmem2BadBlocks.openReadOnly(path)) {
        for (ByteRange block : blocks.remaining()) {
          assertTrue(
              report.blocks().contains(block),
              () -> "libpmem2 has " + block + ", seed " + seed + ": " + report);
        }
      }
    }
  }
}
