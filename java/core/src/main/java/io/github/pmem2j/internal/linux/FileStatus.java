package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.Native;
import java.time.Instant;
import java.util.Locale;

/**
 * The status of a file, from statx(2).
 *
 * @param type what it is
 * @param device the device that holds it, as MAJOR:MINOR in /sys/dev/block
 * @param specialDevice the device of a device file
 * @param inode its inode number
 * @param size its size in bytes; 0 for a device
 * @param blockSize the preferred unit of reads in bytes, which libpmem2 uses as the block size
 * @param blocks the space allocated on the device, in units of 512 bytes
 * @param dax whether it is accessed without the page cache (DAX), or the kernel is too old to
 *     report it
 * @param transformed whether the kernel decrypts, decompresses or verifies what it reads from the
 *     device
 * @param changed its ctime: when its data or attributes changed last, by the kernel's clock
 */
public record FileStatus(
    Type type,
    DeviceNumber device,
    DeviceNumber specialDevice,
    long inode,
    long size,
    long blockSize,
    long blocks,
    boolean dax,
    boolean transformed,
    Instant changed) {
  /** The file types that pmem2j distinguishes. */
  public enum Type {
    REGULAR,
    DIRECTORY,
    BLOCK_DEVICE,
    CHARACTER_DEVICE,
    OTHER;

    /** For a message. */
    public String words() {
      return this == OTHER ? "pipe or socket" : name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * A device number; {@code toString} is its name in sysfs. The methods that a record gets for a
   * map are linked at their first call, which would be a fifth of the time of a first scan.
   */
  public record DeviceNumber(int major, int minor) {
    @Override
    public boolean equals(Object other) {
      return other instanceof DeviceNumber that && major == that.major && minor == that.minor;
    }

    @Override
    public int hashCode() {
      return 31 * major + minor;
    }

    @Override
    public String toString() {
      return major + ":" + minor;
    }
  }

  /** Whether it is the status of the same file, at any time. */
  public boolean sameFile(FileStatus other) {
    return device.equals(other.device) && inode == other.inode;
  }

  /** Whether it has no data and no blocks, as a lock file has. */
  public boolean empty() {
    return size == 0 && blocks == 0;
  }

  public static FileStatus of(long[] statx) {
    return new FileStatus(
        type((int) statx[Native.STATX_MODE]),
        new DeviceNumber((int) statx[Native.STATX_DEV_MAJOR], (int) statx[Native.STATX_DEV_MINOR]),
        new DeviceNumber(
            (int) statx[Native.STATX_RDEV_MAJOR], (int) statx[Native.STATX_RDEV_MINOR]),
        statx[Native.STATX_INO],
        statx[Native.STATX_SIZE],
        statx[Native.STATX_BLKSIZE],
        statx[Native.STATX_BLOCKS],
        statx[Native.STATX_DAX] != 0,
        statx[Native.STATX_TRANSFORMED] != 0,
        Instant.ofEpochSecond(statx[Native.STATX_CTIME_SECONDS], statx[Native.STATX_CTIME_NANOS]));
  }

  private static Type type(int mode) {
    return switch (mode & Native.S_IFMT) {
      case Native.S_IFREG -> Type.REGULAR;
      case Native.S_IFDIR -> Type.DIRECTORY;
      case Native.S_IFBLK -> Type.BLOCK_DEVICE;
      case Native.S_IFCHR -> Type.CHARACTER_DEVICE;
      default -> Type.OTHER;
    };
  }
}
