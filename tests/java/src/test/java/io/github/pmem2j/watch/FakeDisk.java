package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MappingTables;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A made-up sysfs in which the disk that a directory really is on is called pmem0 and keeps a list
 * of bad blocks: files have their true places, and only the list is not the kernel's.
 */
public final class FakeDisk {
  public static final String NAME = "pmem0";
  public static final int SECTOR = 512;

  private static final Path PROC = Path.of("/proc");
  private static final MappingTables NO_TABLES =
      device -> {
        throw new IOException("there is no device-mapper here");
      };

  private final Path sys;
  private final Path list;
  private final Path link;

  /** For the disk below {@code directory}, which takes the files that this makes. */
  public FakeDisk(Path directory) throws IOException {
    long device = (long) Files.getAttribute(directory, "unix:dev");
    long major = (device >>> 8 & 0xFFF) | (device >>> 32 & ~0xFFFL);
    long minor = (device & 0xFF) | (device >>> 12 & ~0xFFL);
    assumeTrue(major != 0, directory + " is not on a disk: nothing can stand for one");
    sys = Files.createDirectory(directory.resolve("sys"));
    Path disk =
        Files.createDirectories(
            sys.resolve("devices/platform/ndbus0/region0/namespace0.0/block/" + NAME));
    link = Files.createDirectories(sys.resolve("dev/block")).resolve(major + ":" + minor);
    Files.createSymbolicLink(link, Path.of("../../").resolve(sys.relativize(disk)));
    Files.writeString(disk.resolve("dev"), major + ":" + minor + "\n");
    Files.writeString(disk.resolve("size"), "1000000000\n");
    list = disk.resolve("badblocks");
    Path bus = sys.resolve("devices/platform/ndbus0");
    Files.createDirectories(bus.resolve("nfit"));
    Files.writeString(bus.resolve("nfit/scrub"), "1\n");
    list("");
  }

  public Host host() {
    return Host.local().withSys(sys).withTables(NO_TABLES);
  }

  private BadBlockScanner scanner() {
    return new BadBlockScanner(host());
  }

  public Path list() {
    return list;
  }

  /** What sysfs says of the disk, which is gone when this is. */
  Path link() {
    return link;
  }

  /** What the kernel says of scrubs, which it would change itself. */
  public Path scrub() {
    return sys.resolve("devices/platform/ndbus0/nfit/scrub");
  }

  /** Writes the list. */
  public void list(String text) throws IOException {
    Files.writeString(list, text);
  }

  /** The sector of the disk where a file begins, which lies there in one piece. */
  public long firstSector(Path file) throws IOException {
    String before = Files.readString(list);
    list("0 " + (1L << 40) + "\n");
    BadBlockReport report = scanner().scanFile(file);
    list(before);
    assertEquals(1, report.badRanges().size(), report::toString);
    return report.badRanges().get(0).deviceSector();
  }
}
