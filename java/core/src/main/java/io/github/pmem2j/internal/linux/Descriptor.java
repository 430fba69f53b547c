package io.github.pmem2j.internal.linux;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** An open file. Closing it first closes everything that was opened from it. Thread-safe. */
public final class Descriptor implements AutoCloseable {
  /** Where the kernel has a link to each open file of this process, by its number. */
  static final String LINKS = "/proc/self/fd/";

  private final Path path;
  private final boolean writable;
  private final Handle handle;

  private Descriptor(Path path, boolean writable, int fd) {
    this.path = path;
    this.writable = writable;
    this.handle = Handle.ofDescriptor("the descriptor of " + path, fd);
  }

  /** How a file is opened. */
  public enum Mode {
    READ(Native.OPEN_READ),
    WRITE(Native.OPEN_WRITE),
    /** Past the page cache; offsets, lengths and buffers must be aligned. */
    DIRECT(Native.OPEN_DIRECT),
    /** Created if it does not exist, and not through a symbolic link. */
    CREATE(Native.OPEN_CREATE),
    /** Created; fails if it exists. */
    CREATE_NEW(Native.OPEN_CREATE | Native.OPEN_EXCLUSIVE),
    /** Created without a name in a directory, and removed when it is closed. */
    TEMPORARY(Native.OPEN_TEMPORARY);

    private final int bit;

    Mode(int bit) {
      this.bit = bit;
    }
  }

  /**
   * Opens a file as open(2) does, without waiting for the other end of a pipe.
   *
   * @throws IllegalArgumentException if the path is not one of the machine's own file system
   */
  public static Descriptor open(Path path, Mode first, Mode... more) throws IOException {
    return open(path, path, first, more);
  }

  /** Opens a file by one path; messages name another. */
  public static Descriptor open(Path access, Path path, Mode first, Mode... more)
      throws IOException {
    int flags = first.bit;
    for (Mode mode : more) {
      flags |= mode.bit;
    }
    return open(access, path, flags);
  }

  /**
   * Opens a file of any type only to query its status: this needs no permission on it and does
   * nothing to a device.
   *
   * @throws IllegalArgumentException if the path is not one of the machine's own file system
   */
  public static Descriptor openPath(Path path) throws IOException {
    return openPath(path, path);
  }

  /** The same by one path; messages name another. */
  public static Descriptor openPath(Path access, Path path) throws IOException {
    return open(access, path, Native.OPEN_PATH);
  }

  private static Descriptor open(Path access, Path path, int flags) throws IOException {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          path
              + " is in "
              + path.getFileSystem()
              + ", not on the machine's own file system: give its path there");
    }
    int fd = SystemCalls.open(PathBytes.of(access), flags);
    if (fd < 0) {
      throw NativeError.exception("open", path, fd, "");
    }
    return new Descriptor(path, (flags & Native.OPEN_WRITE) != 0, fd);
  }

  /** The descriptor of a queue of events. */
  static Descriptor ofEvents(int fd) {
    return new Descriptor(Path.of("inotify"), false, fd);
  }

  /** The path as the caller gave it. */
  public Path path() {
    return path;
  }

  /** A path to this open file, even if its own path now leads elsewhere. */
  public Path link() throws IOException {
    return Path.of(LINKS + use(fd -> fd));
  }

  /** Opens this file again, even if its path now leads elsewhere. */
  public Descriptor reopen(Mode first, Mode... more) throws IOException {
    return open(link(), path, first, more);
  }

  /** Whether it was opened for writing. */
  public boolean writable() {
    return writable;
  }

  /** The handle of the descriptor, as the parent of handles that use it. */
  public Handle handle() {
    return handle;
  }

  /** Runs {@code body} with the descriptor, alone. */
  <T> T use(Handle.DescriptorUse<T> body) throws IOException {
    return handle.useDescriptor(body);
  }

  /** The current status of the file. */
  public FileStatus status() throws IOException {
    long[] fields = new long[Native.STATX_LENGTH];
    int code = use(fd -> SystemCalls.statx(fd, fields));
    if (code != 0) {
      throw NativeError.exception("statx", path, code, "");
    }
    return FileStatus.of(fields);
  }

  /** The type of the file system that it is on: one of {@code linux/magic.h}. */
  public long fileSystemType() throws IOException {
    return fileSystem()[0];
  }

  /**
   * The file system's allocation unit in bytes. That of statx(2) is another: XFS reports the
   * preferred size of a read there.
   */
  public long blockSize() throws IOException {
    return fileSystem()[1];
  }

  private long[] fileSystem() throws IOException {
    long[] statfs = new long[2];
    int code = use(fd -> SystemCalls.fstatfs(fd, statfs));
    if (code != 0) {
      throw NativeError.exception("fstatfs", path, code, "");
    }
    return statfs;
  }

  /** Whether its data is on the realtime device of an XFS file system. */
  public boolean realtime() throws IOException {
    long flags = this.<Long>use(SystemCalls::fileFlags);
    if (flags < 0) {
      throw NativeError.exception("FS_IOC_FSGETXATTR", path, (int) flags, "");
    }
    return (flags & Native.FS_XFLAG_REALTIME) != 0;
  }

  /** Reads the file's extents from {@code start} to its end, until the batch is full. */
  public void extents(long start, boolean sync, ExtentBatch batch) throws IOException {
    extents(start, Long.MAX_VALUE, sync, batch);
  }

  /**
   * Reads the file's extents that hold bytes from {@code start} to {@code end}, until the batch is
   * full.
   *
   * @param sync whether to write out delayed allocations first, so that they have a location
   */
  public void extents(long start, long end, boolean sync, ExtentBatch batch) throws IOException {
    int flags = sync ? Native.FIEMAP_FLAG_SYNC : 0;
    int code = use(fd -> batch.read(fd, start, end, flags));
    if (code < 0) {
      throw NativeError.exception("FS_IOC_FIEMAP", path, code, "");
    }
  }

  /** Reads how the space of its file system is used, from the last record of the batch on. */
  public void spaceMap(SpaceMap map) throws IOException {
    int code = use(map::read);
    if (code < 0) {
      throw NativeError.exception("FS_IOC_GETFSMAP", path, code, "");
    }
  }

  @Override
  public void close() {
    handle.close();
  }
}
