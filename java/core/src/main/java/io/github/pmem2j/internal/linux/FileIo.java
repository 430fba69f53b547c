package io.github.pmem2j.internal.linux;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Reading, writing and replacing the bytes of an open file, without a mapping and with the errno
 * that Java's own calls hide. The buffers have an array; a transfer moves their position.
 */
public final class FileIo {
  /** What {@link #read} returns where the medium has lost the bytes: EIO. */
  public static final int UNREADABLE = -Native.EIO;

  /**
   * The smallest unit in which the kernel refuses bytes of a file that is accessed directly: a
   * page, and so a block of its file system. On arm64, it may have 64 KiB.
   */
  public static final int PAGE = 4096;

  private static final int MARK_CAPACITY = 4096;
  private static final byte[] NOTHING = {};

  private FileIo() {}

  /**
   * pread(2): at least one byte unless it is at the end of the file.
   *
   * @return how many bytes; 0 at the end of the file; or {@link #UNREADABLE}
   */
  public static int read(Descriptor file, ByteBuffer target, long offset) throws IOException {
    int at = target.arrayOffset() + target.position();
    int count =
        file.use(fd -> SystemCalls.pread(fd, target.array(), at, target.remaining(), offset));
    if (count < 0 && count != UNREADABLE) {
      throw NativeError.exception("pread", file.path(), count, "");
    }
    if (count > 0) {
      target.position(target.position() + count);
    }
    return count;
  }

  /** pwrite(2), until all is written. */
  public static void write(Descriptor file, ByteBuffer source, long offset) throws IOException {
    int code = tryWrite(file, source, offset);
    if (code < 0) {
      throw NativeError.exception("pwrite", file.path(), code, "");
    }
  }

  /** The same; false at a media error, as {@link #isMediaError}. */
  public static boolean writeIfPossible(Descriptor file, ByteBuffer source, long offset)
      throws IOException {
    int code = tryWrite(file, source, offset);
    if (code < 0 && code != -Native.EIO && code != -Native.EFAULT) {
      throw NativeError.exception("pwrite", file.path(), code, "");
    }
    return code == 0;
  }

  /**
   * Whether a failure is what the kernel makes of a media error. A write to a bus that cannot clear
   * gives EFAULT (seen on QEMU's NVDIMM).
   */
  public static boolean isMediaError(IOException e) {
    String errno = NativeError.errnoName(e);
    return e instanceof UnreadableException || errno.equals("EIO") || errno.equals("EFAULT");
  }

  /** Returns 0 or a negative errno. */
  private static int tryWrite(Descriptor file, ByteBuffer source, long offset) throws IOException {
    long at = offset;
    while (source.hasRemaining()) {
      long to = at;
      int from = source.arrayOffset() + source.position();
      int count =
          file.use(fd -> SystemCalls.pwrite(fd, source.array(), from, source.remaining(), to));
      if (count < 0) {
        return count;
      }
      source.position(source.position() + count);
      at += count;
    }
    return 0;
  }

  /**
   * sendfile(2): copies bytes to the same offset of another file, within the kernel and without
   * sharing blocks.
   *
   * @return how many, or 0 if it could not copy any
   */
  public static long copy(Descriptor from, Descriptor to, long offset, long length)
      throws IOException {
    return from.use(
        in -> to.use(out -> Math.max(SystemCalls.sendfile(out, in, offset, length), 0)));
  }

  /** Where data begins at or after {@code offset}, or empty if there is none up to the end. */
  public static OptionalLong nextData(Descriptor file, long offset) throws IOException {
    return seek(file, offset, Native.SEEK_DATA);
  }

  /** Where a hole, or the end, begins at or after {@code offset}; empty past the end. */
  public static OptionalLong nextHole(Descriptor file, long offset) throws IOException {
    return seek(file, offset, Native.SEEK_HOLE);
  }

  /** The end of a regular file or block device; meaningless for other devices. */
  public static long end(Descriptor file) throws IOException {
    return seek(file, 0, Native.SEEK_END).orElseThrow();
  }

  private static OptionalLong seek(Descriptor file, long offset, int whence) throws IOException {
    long found = file.use(fd -> SystemCalls.lseek(fd, offset, whence));
    if (found >= 0) {
      return OptionalLong.of(found);
    }
    IOException exception = NativeError.exception("lseek", file.path(), (int) found, "");
    if (NativeError.errnoName(exception).equals("ENXIO")) {
      return OptionalLong.empty();
    }
    throw exception;
  }

  /** fsync(2), of a file or a directory. */
  public static void sync(Descriptor file) throws IOException {
    check(file, "fsync", file.use(SystemCalls::fsync));
  }

  /** fallocate(2): the range becomes a hole. Destroys what it held. */
  public static void punch(Descriptor file, long offset, long length) throws IOException {
    int mode = Native.FALLOC_FL_PUNCH_HOLE | Native.FALLOC_FL_KEEP_SIZE;
    check(file, "fallocate", file.use(fd -> SystemCalls.fallocate(fd, mode, offset, length)));
  }

  /** fallocate(2): holes in the range get blocks that read as zeros; the size stays. */
  public static void allocate(Descriptor file, long offset, long length) throws IOException {
    int mode = Native.FALLOC_FL_KEEP_SIZE;
    check(file, "fallocate", file.use(fd -> SystemCalls.fallocate(fd, mode, offset, length)));
  }

  /** ftruncate(2). */
  public static void truncate(Descriptor file, long length) throws IOException {
    check(file, "ftruncate", file.use(fd -> SystemCalls.ftruncate(fd, length)));
  }

  /**
   * flock(2), exclusive, until the descriptor is closed; false if another descriptor holds the
   * lock.
   */
  public static boolean tryLock(Descriptor file) throws IOException {
    return tryLock(file, Native.LOCK_EX);
  }

  /**
   * The same, shared, so that no repair begins meanwhile; false if another descriptor holds it
   * exclusively. Without locks there are no repairs, either.
   */
  public static boolean share(Descriptor file) {
    try {
      return tryLock(file, Native.LOCK_SH);
    } catch (IOException e) {
      return true;
    }
  }

  private static boolean tryLock(Descriptor file, int mode) throws IOException {
    int code = file.use(fd -> SystemCalls.flock(fd, mode | Native.LOCK_NB));
    if (code == 0) {
      return true;
    }
    IOException exception = NativeError.exception("flock", file.path(), code, "");
    if (NativeError.errnoName(exception).equals("EAGAIN")) {
      return false;
    }
    throw exception;
  }

  /** The generation of the file's inode (FS_IOC_GETVERSION), where the file system has one. */
  public static OptionalLong generation(Descriptor file) throws IOException {
    long[] generation = new long[1];
    int code = file.use(fd -> SystemCalls.getVersion(fd, generation));
    return code == 0 ? OptionalLong.of(generation[0]) : OptionalLong.empty();
  }

  /**
   * The mark of an unfinished repair, an extended attribute of the file. Does not open the file.
   *
   * @return what {@link #setRepairMark} set, or an empty array; null where the file system has no
   *     attributes
   */
  public static byte[] repairMark(Path path) throws IOException {
    return repairMark(PathBytes.of(path), path);
  }

  /** The mark of an open file, even if its path now names another. */
  public static byte[] repairMark(Descriptor file) throws IOException {
    String link = file.use(fd -> Descriptor.LINKS + fd);
    return repairMark(link.getBytes(StandardCharsets.US_ASCII), file.path());
  }

  private static byte[] repairMark(byte[] name, Path path) throws IOException {
    int length = SystemCalls.getXattr(name, NOTHING);
    if (length >= 0) {
      byte[] value = new byte[MARK_CAPACITY];
      length = SystemCalls.getXattr(name, value);
      if (length >= 0) {
        return Arrays.copyOf(value, length);
      }
    }
    return noAttribute(path, "getxattr", length) ? NOTHING : null;
  }

  /** Sets the mark; false where the file system has no attributes. */
  public static boolean setRepairMark(Descriptor file, byte[] mark) throws IOException {
    int code = file.use(fd -> SystemCalls.setXattr(fd, mark));
    return code == 0 || noAttribute(file.path(), "fsetxattr", code);
  }

  /** Removes the mark, if there is one. */
  public static void removeRepairMark(Descriptor file) throws IOException {
    int code = file.use(SystemCalls::removeXattr);
    if (code != 0) {
      noAttribute(file.path(), "fremovexattr", code);
    }
  }

  private static boolean noAttribute(Path path, String operation, int code) throws IOException {
    if (code == -Native.ENODATA) {
      return true;
    }
    IOException exception = NativeError.exception(operation, path, code, "");
    if (NativeError.errnoName(exception).equals("EOPNOTSUPP")) {
      return false;
    }
    throw exception;
  }

  /**
   * Gives the file the owner and mode of another, so that only users who can read the other can
   * read it. If this process is not permitted to, only its creator can read it.
   */
  public static void takeRights(Descriptor file, Descriptor other) throws IOException {
    Map<String, Object> rights = Files.readAttributes(other.link(), "unix:uid,gid,mode");
    boolean acl = hasAcl(other) || hasAcl(file); // its own is inherited from its directory
    int mode = (int) rights.get("mode") & (acl ? 0600 : 0666);
    Path own = file.link();
    try {
      Files.setAttribute(own, "unix:uid", rights.get("uid"));
      Files.setAttribute(own, "unix:gid", rights.get("gid"));
      Files.setAttribute(own, "unix:mode", mode);
    } catch (IOException e) {
      return;
    }
  }

  /** Charges the blocks of a file to the project that another belongs to. */
  public static void takeProject(Descriptor file, Descriptor other) throws IOException {
    long project = other.<Long>use(SystemCalls::fileProject);
    check(other, "FS_IOC_FSGETXATTR", project < 0 ? (int) project : 0);
    int code = file.use(fd -> SystemCalls.setFileProject(fd, project));
    check(file, "FS_IOC_FSSETXATTR", code);
  }

  /**
   * Whether it has an access control list: the group bits of its mode are then not the group's
   * permissions.
   */
  private static boolean hasAcl(Descriptor file) throws IOException {
    int length = file.use(SystemCalls::aclLength);
    if (length < 0) {
      noAttribute(file.path(), "fgetxattr", length);
    }
    return length >= 0;
  }

  private static void check(Descriptor file, String operation, int code) throws IOException {
    if (code != 0) {
      throw NativeError.exception(operation, file.path(), code, "");
    }
  }
}
