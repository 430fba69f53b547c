package io.github.pmem2j.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.ExtentBatch;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The disk of the test kit, with a list of bad blocks that a test writes itself, right or wrong:
 * files have their true places, and what is "bad" can still be read. Another process can use it.
 */
public class FakeDisk {
  public static final String NAME = "pmem0";

  private final Path root;
  private final Path sys;

  protected FakeDisk(Path root) {
    this.root = root;
    this.sys = root.resolve("sys");
  }

  /** For files in a directory, in which it makes some. */
  public static FakeDisk create(Path root) throws IOException {
    make(root);
    return new FakeDisk(root);
  }

  /** Makes the files, once for a directory. */
  protected static void make(Path root) throws IOException {
    DeviceNumber number = device(root);
    assumeTrue(number.major() != 0, root + " is not on a disk: nothing can stand for one");
    new SimulatedSysfs(Files.createDirectory(root.resolve("sys")), number);
  }

  /** The device that a file or directory really is on. */
  public static DeviceNumber device(Path path) throws IOException {
    try (Descriptor descriptor = Descriptor.openPath(path)) {
      return descriptor.status().device();
    }
  }

  /** A directory for the tests' own files, on a disk. */
  public static Path newDirectory(String name) throws IOException {
    return Files.createTempDirectory(ChildJvm.target(), name);
  }

  /** The host that the disk is of. */
  public Host host() {
    return SimulatedSysfs.host(sys, root.resolve("dev"));
  }

  /** The scanner on it. */
  public BadBlockReport scan(Path file) throws IOException {
    return new BadBlockScanner(host()).scanFile(file);
  }

  /** The list. */
  public Path list() {
    return sys.resolve(SimulatedSysfs.LIST);
  }

  /** Writes the list. */
  public void list(String text) throws IOException {
    Files.writeString(list(), text);
  }

  /** What the kernel says of scrubs, which it would change itself. */
  public Path scrub() {
    return sys.resolve(SimulatedSysfs.SCRUB);
  }

  /** What sysfs has of the disk, which is gone when this is. */
  public Path link() throws IOException {
    return sys.resolve("dev/block").resolve(device(root).toString());
  }

  /** The sectors of a list of single ones. */
  public List<Long> bad() throws IOException {
    return Files.readAllLines(list()).stream()
        .map(line -> Long.parseLong(line.split(" ")[0]))
        .collect(Collectors.toList());
  }

  /** Lists single sectors. */
  public void setBad(List<Long> sectors) throws IOException {
    list(sectors.stream().sorted().map(s -> s + " 1\n").collect(Collectors.joining()));
  }

  /** Makes sectors of a file bad, named by an offset in each, besides those that are. */
  public void spoil(Path file, long... offsets) throws IOException {
    List<Long> bad = bad();
    for (long offset : offsets) {
      bad.add(sector(file, offset));
    }
    setBad(bad);
  }

  /** The sector of the disk where a file begins. */
  public long firstSector(Path file) throws IOException {
    return sector(file, 0);
  }

  private static long sector(Path path, long offset) throws IOException {
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      ExtentBatch extents = new ExtentBatch(1);
      file.extents(offset, true, extents);
      if (extents.count() == 0 || extents.logical(0) > offset) {
        throw new IllegalArgumentException(path + " has no block at " + offset);
      }
      return (extents.physical(0) + offset - extents.logical(0)) / 512;
    }
  }

  /** As ranges of bytes. */
  public static RangeSet sectors(long first, long count) {
    return RangeSet.of(new ByteRange(first * 512, count * 512));
  }
}
