package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A made-up /sys and /dev, in which the disk below the tests' directory is persistent memory with a
 * list of bad blocks that a test writes. Clearing a file really gives it other blocks; what is
 * "bad" is lost to a repair, as its files are said to be mapped directly, though a test can read
 * it.
 */
public final class FakePmem {
  private static final long WHOLE_DISK = 1L << 40;
  private static final int MAX_ALLOCATIONS = 8;

  private final Path root;
  private String noReplacement;

  private FakePmem(Path root) {
    this.root = root;
  }

  /** Makes one in an empty directory, for files in it. */
  public static FakePmem create(Path root) throws IOException {
    int device = (int) (long) (Long) Files.getAttribute(root, "unix:dev");
    String number = (device >> 8) + ":" + (device & 0xff);
    Path disk = root.resolve("sys/devices/platform/nfit/ndbus0/region0/namespace0.0/block/pmem0");
    Files.createDirectories(disk);
    Files.createDirectories(root.resolve("sys/dev/block"));
    Files.createDirectories(root.resolve("dev"));
    Files.writeString(disk.resolve("dev"), number + "\n");
    Files.writeString(disk.resolve("size"), WHOLE_DISK / 512 + "\n");
    Files.writeString(disk.resolve("badblocks"), "");
    Path nfit = root.resolve("sys/devices/platform/nfit/ndbus0/nfit");
    Files.createDirectories(nfit);
    Files.writeString(nfit.resolve("scrub"), "1\n");
    Files.createSymbolicLink(
        root.resolve("sys/dev/block/" + number),
        Path.of("../..").resolve(root.resolve("sys").relativize(disk)));
    Path real = Path.of("/sys/dev/block", number);
    if (Files.exists(real)) {
      Files.createSymbolicLink(
          root.resolve("dev/pmem0"), Path.of("/dev", real.toRealPath().getFileName().toString()));
    }
    return new FakePmem(root);
  }

  /** One that was made before. */
  public static FakePmem at(Path root) {
    return new FakePmem(root);
  }

  /** A directory for the tests' own files, on a disk. */
  public static Path newDirectory(String name) throws IOException {
    return Files.createTempDirectory(ChildJvm.target(), name);
  }

  /** The host that the disk is of. */
  public Host host() {
    return Host.local()
        .withSys(root.resolve("sys"))
        .withDev(root.resolve("dev"))
        .withTables(device -> "")
        .withDax();
  }

  /** The same as a repair sees it. */
  ScannedHost scanned() {
    // See findingGoodBlocks: the host's own file system replaces nothing that is only said to be
    // bad.
    return ScannedHost.of(host(), file -> noReplacement);
  }

  /** From now on its file system gives no other block for one, for this reason. */
  public void refuseReplacement(String reason) {
    noReplacement = reason;
  }

  /** The scanner on it. */
  public BadBlockReport scan(Path file) throws IOException {
    return new BadBlockScanner(host()).scanFile(file);
  }

  private Path list() {
    return root.resolve(
        "sys/devices/platform/nfit/ndbus0/region0/namespace0.0/block/pmem0/badblocks");
  }

  /** The list as it is: the sectors. */
  public List<Long> bad() throws IOException {
    return Files.readAllLines(list()).stream()
        .map(line -> Long.parseLong(line.split(" ")[0]))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Lists single sectors. */
  public void setBad(List<Long> sectors) throws IOException {
    Files.writeString(
        list(), sectors.stream().sorted().map(s -> s + " 1\n").collect(Collectors.joining()));
  }

  /** Leaves a list that cannot be understood. */
  public void garbleList() {
    try {
      Files.writeString(list(), "garbage\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes sectors of a file bad, named by an offset in each, besides those that are. */
  public void spoil(Path file, long... offsets) throws IOException {
    List<Long> bad = bad();
    // With the whole disk on the list, the scanner tells where the file is.
    Files.writeString(list(), "0 " + WHOLE_DISK / 512 + "\n");
    BadBlockReport map = scan(file);
    for (long offset : LongStream.of(offsets).toArray()) {
      BadRange extent =
          map.badRanges().stream()
              .filter(range -> range.blocks().offset() <= offset && offset < range.blocks().end())
              .findFirst()
              .orElseThrow(() -> new IllegalStateException(offset + " of " + map));
      bad.add(extent.deviceSector() + (offset - extent.offset()) / 512);
    }
    setBad(bad);
  }

  /**
   * A repair's hook: a file system without a journal may hand the blocks it was just given back
   * again and again. After some times they heal, as if it had found others; the file's own data
   * never does.
   */
  public RepairStep.Hook findingGoodBlocks(Path file) {
    int[] allocations = {0};
    return step -> {
      if (step == RepairStep.ALLOCATED && ++allocations[0] >= MAX_ALLOCATIONS) {
        healNewBlocks(file);
      }
    };
  }

  private void healNewBlocks(Path file) {
    try {
      List<Long> bad = bad();
      for (BadRange range : scan(file).badRanges()) {
        if (!range.device().isEmpty() && range.kind() != BadRange.Kind.DATA) {
          long end = range.deviceSector() + (range.length() + 511) / 512;
          bad.removeIf(sector -> range.deviceSector() <= sector && sector < end);
        }
      }
      setBad(bad);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
