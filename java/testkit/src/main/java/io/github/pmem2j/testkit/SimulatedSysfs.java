package io.github.pmem2j.testkit;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A directory laid out like sysfs, in which one disk is a namespace of an NVDIMM. */
final class SimulatedSysfs {
  private static final String BUS = "devices/platform/nfit/ndbus0";
  private static final String REGION = BUS + "/region0";
  private static final String DISK = REGION + "/namespace0.0/block/pmem0";

  /** The list of bad blocks. */
  static final String LIST = DISK + "/badblocks";

  /** The number of scrubs that have ended. */
  static final String SCRUB = BUS + "/nfit/scrub";

  private static final long DISK_SECTORS = 1L << 40;

  private final Path list;
  private final Path scrub;

  /**
   * Makes one.
   *
   * @param root an empty directory
   * @param number that of the disk
   */
  SimulatedSysfs(Path root, DeviceNumber number) throws IOException {
    Path disk = Files.createDirectories(root.resolve(DISK));
    Path index = Files.createDirectories(root.resolve("dev/block"));
    Files.createSymbolicLink(index.resolve(number.toString()), Path.of("../..", DISK));
    Path disks = Files.createDirectories(root.resolve("block"));
    Files.createSymbolicLink(disks.resolve(disk.getFileName()), Path.of("..", DISK));
    Path region = root.resolve(REGION);
    Files.createFile(region.resolve("badblocks")); // read for errors outside of its disk
    Files.writeString(region.resolve("devtype"), "nd_pmem\n");
    Files.writeString(region.resolve("mappings"), "1\n");
    Files.writeString(disk.resolve("dev"), number + "\n");
    Files.writeString(disk.resolve("size"), DISK_SECTORS + "\n");
    list = root.resolve(LIST);
    scrub = root.resolve(SCRUB);
    write(RangeSet.empty());
    feed(ErrorSource.Kind.SCRUBBED);
  }

  /** The host on which sysfs is such a directory, with its device nodes elsewhere. */
  static Host host(Path root, Path dev) {
    return Host.local()
        .withSys(root)
        .withDev(dev)
        .withTables(
            device -> {
              throw new IOException("there is no device-mapper here");
            })
        .withDax();
  }

  /** Sets who reports errors to the kernel. */
  void feed(ErrorSource.Kind kind) throws IOException {
    Path nfit = scrub.getParent();
    switch (kind) {
      case SCRUBBED -> {
        Files.createDirectories(nfit);
        replace(scrub, "1\n");
      }
      case MACHINE_CHECKS -> {
        Files.createDirectories(nfit);
        Files.deleteIfExists(scrub);
      }
      case NOBODY -> {
        Files.deleteIfExists(scrub);
        Files.deleteIfExists(nfit);
      }
      default -> throw new IllegalArgumentException(kind + " cannot be simulated");
    }
  }

  /** Writes the list. */
  void write(RangeSet sectors) throws IOException {
    StringBuilder text = new StringBuilder();
    for (ByteRange range : sectors) {
      text.append(range.offset()).append(' ').append(range.length()).append('\n');
    }
    replace(list, text.toString());
  }

  /** A reader sees the old text or the new. */
  private static void replace(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, text);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
