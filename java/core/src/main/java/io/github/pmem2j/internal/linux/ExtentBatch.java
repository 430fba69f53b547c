package io.github.pmem2j.internal.linux;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Some extents of a file, as FIEMAP reports them (Documentation/filesystems/fiemap.rst of the
 * kernel): the offset of each in the file and on the device, in bytes. Reused, so that an extent
 * costs no object.
 */
public final class ExtentBatch {
  private static final int NO_PLACE =
      Native.FIEMAP_EXTENT_UNKNOWN
          | Native.FIEMAP_EXTENT_DELALLOC
          | Native.FIEMAP_EXTENT_ENCODED
          | Native.FIEMAP_EXTENT_NOT_ALIGNED
          | Native.FIEMAP_EXTENT_DATA_INLINE
          | Native.FIEMAP_EXTENT_DATA_TAIL;

  private static final int PLAIN =
      Native.FIEMAP_EXTENT_LAST | Native.FIEMAP_EXTENT_MERGED | Native.FIEMAP_EXTENT_SHARED;

  private final long[] fields;
  private int count;

  /** Creates a batch of at most this many extents. */
  public ExtentBatch(int capacity) {
    fields = new long[capacity * Native.EXTENT_LENGTH];
  }

  int read(int fd, long start, long end, int flags) throws IOException {
    int code = SystemCalls.fiemap(fd, start, end, flags, fields);
    count = Math.max(code, 0);
    return code;
  }

  /**
   * Reads the first extents of a file that is not open; not through a symbolic link.
   *
   * @return false if they cannot be read
   */
  public boolean read(Path path) throws IOException {
    int code = SystemCalls.fiemapOf(PathBytes.of(path), fields);
    count = Math.max(code, 0);
    return code >= 0;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Removes all extents. */
  public void clear() {
    count = 0;
  }

  /** Adds an extent; false if the batch is full. */
  public boolean add(long logical, long physical, long length, int flags) {
    int at = count * Native.EXTENT_LENGTH;
    if (at == fields.length) {
      return false;
    }
    fields[at + Native.EXTENT_LOGICAL] = logical;
    fields[at + Native.EXTENT_PHYSICAL] = physical;
    fields[at + Native.EXTENT_BYTES] = length;
    fields[at + Native.EXTENT_FLAGS] = flags;
    count++;
    return true;
  }

  /** Where an extent begins in the file. */
  public long logical(int index) {
    return fields[index * Native.EXTENT_LENGTH + Native.EXTENT_LOGICAL];
  }

  /** Where it begins on the device. */
  public long physical(int index) {
    return fields[index * Native.EXTENT_LENGTH + Native.EXTENT_PHYSICAL];
  }

  /** How long it is. */
  public long length(int index) {
    return fields[index * Native.EXTENT_LENGTH + Native.EXTENT_BYTES];
  }

  /** Its {@code FIEMAP_EXTENT_} flags. */
  public int flags(int index) {
    return (int) fields[index * Native.EXTENT_LENGTH + Native.EXTENT_FLAGS];
  }

  /** Whether an extent is marked as the last of its file. */
  public static boolean last(int flags) {
    return (flags & Native.FIEMAP_EXTENT_LAST) != 0;
  }

  /** These flags without that of the last extent. */
  public static int withoutLast(int flags) {
    return flags & ~Native.FIEMAP_EXTENT_LAST;
  }

  /** Whether the data has no location of its own on the device, or an unknown one. */
  public static boolean noPlace(int flags) {
    return (flags & NO_PLACE) != 0;
  }

  /** Whether the device holds the file's bytes there: no flag says otherwise. */
  public static boolean plain(int flags) {
    return (flags & ~PLAIN) == 0;
  }

  /** Whether the extent is allocated but unwritten. */
  public static boolean unwritten(int flags) {
    return (flags & Native.FIEMAP_EXTENT_UNWRITTEN) != 0;
  }

  /** Whether other files share the extent. */
  public static boolean shared(int flags) {
    return (flags & Native.FIEMAP_EXTENT_SHARED) != 0;
  }
}
