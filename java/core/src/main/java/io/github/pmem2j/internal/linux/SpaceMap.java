package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.SystemCalls;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;

/**
 * A batch of records of how the space of a file system is used (GETFSMAP, ioctl_getfsmap(2)): XFS
 * and ext4 support it. Reused for the next batch, in the order of the device. Not thread-safe.
 *
 * <p>Always of the whole file system: kernels before 6.6 leave out a record that begins before the
 * range that is asked for.
 */
public final class SpaceMap {
  private static final int CAPACITY = 4096;

  private final long[] fields = new long[CAPACITY * Native.FSMAP_LENGTH];
  private final long[] last = new long[Native.FSMAP_LENGTH];
  private int count;

  int read(int fd) throws IOException {
    if (count > 0) {
      System.arraycopy(fields, (count - 1) * Native.FSMAP_LENGTH, last, 0, Native.FSMAP_LENGTH);
    }
    int code = SystemCalls.fsmap(fd, last, fields);
    count = Math.max(code, 0);
    return code;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Whether there are no more after these. */
  public boolean end() {
    return count == 0 || has(count - 1, Native.FMR_OF_LAST);
  }

  private long field(int index, int field) {
    return fields[index * Native.FSMAP_LENGTH + field];
  }

  private boolean has(int index, int flag) {
    return (field(index, Native.FSMAP_FLAGS) & flag) != 0;
  }

  /** The device that a record is of. */
  public DeviceNumber device(int index) {
    long packed = field(index, Native.FSMAP_DEVICE);
    return new DeviceNumber(
        (int) (packed >>> 8 & 0xFFF), (int) (packed & 0xFF | packed >>> 12 & 0xFFF00));
  }

  /** Where it begins on the device, in bytes. */
  public long physical(int index) {
    return field(index, Native.FSMAP_PHYSICAL);
  }

  /** How long it is, in bytes. */
  public long length(int index) {
    return field(index, Native.FSMAP_BYTES);
  }

  /** Where it begins in the file that owns it, in bytes. */
  public long offset(int index) {
    return field(index, Native.FSMAP_OFFSET);
  }

  /** The inode that owns it, or a number for a {@link #special} owner. */
  public long owner(int index) {
    return field(index, Native.FSMAP_OWNER);
  }

  /** Whether no file owns it. */
  public boolean special(int index) {
    return has(index, Native.FMR_OF_SPECIAL_OWNER);
  }

  /** Whether it is allocated and was never written. */
  public boolean unwritten(int index) {
    return has(index, Native.FMR_OF_PREALLOC);
  }

  /** Whether it holds extended attributes of its owner. */
  public boolean attributes(int index) {
    return has(index, Native.FMR_OF_ATTR_FORK);
  }

  /** Whether it holds the extents of its owner. */
  public boolean extentMap(int index) {
    return has(index, Native.FMR_OF_EXTENT_MAP);
  }
}
