package io.github.pmem2j.internal.jni;

/**
 * Every native method of the library, and nothing else: each one's Javadoc is the C prototype that
 * it stands for. The rules that hold for all of them:
 *
 * <ul>
 *   <li>They take and return primitives and arrays; handles are pointers as longs, and 0 is never a
 *       valid one.
 *   <li>They report codes: 0 or more is success, less is a code of libpmem2 or a negative errno.
 *   <li>A method with an {@code errormsg} array fills it, on failure, with libpmem2's message, cut
 *       to its length and ended by a zero byte: C keeps the message per thread, so a second call
 *       could return that of another failure.
 *   <li>They check nothing: {@link Handle} and the classes that use it do.
 * </ul>
 *
 * CMake runs {@code javac -h} on this file alone, so it must refer to no other class of ours. The
 * constants reach C through that header and are compared there with the system's own. A library
 * built from another text of this file is refused: after a change, run {@code ci/build}.
 */
public final class Native {
  /** Bits of {@link #open}. */
  public static final int OPEN_READ = 1;

  public static final int OPEN_WRITE = 2;
  public static final int OPEN_DIRECT = 4;
  public static final int OPEN_CREATE = 8;

  /** Only to ask about the file: needs no permission on it, and does nothing to a device. */
  public static final int OPEN_PATH = 16;

  /** With {@link #OPEN_CREATE}: it must not exist. */
  public static final int OPEN_EXCLUSIVE = 32;

  /** With {@link #OPEN_WRITE}: a new file without a name, in the directory that is named. */
  public static final int OPEN_TEMPORARY = 64;

  /** The errno of a media error. */
  public static final int EIO = 5;

  public static final int EFAULT = 14;

  /** Bits of {@link #fallocate}. */
  public static final int FALLOC_FL_KEEP_SIZE = 1;

  public static final int FALLOC_FL_PUNCH_HOLE = 2;

  /** The {@code whence} of {@link #lseek}. */
  public static final int SEEK_END = 2;

  public static final int SEEK_DATA = 3;

  public static final int SEEK_HOLE = 4;

  /** Bits of {@link #flock}. */
  public static final int LOCK_SH = 1;

  public static final int LOCK_EX = 2;

  public static final int LOCK_NB = 4;

  /** Indices into the array that {@link #statx} fills. */
  public static final int STATX_MODE = 0;

  public static final int STATX_DEV_MAJOR = 1;
  public static final int STATX_DEV_MINOR = 2;
  public static final int STATX_RDEV_MAJOR = 3;
  public static final int STATX_RDEV_MINOR = 4;
  public static final int STATX_INO = 5;
  public static final int STATX_SIZE = 6;
  public static final int STATX_BLKSIZE = 7;
  public static final int STATX_DAX = 8;

  /** Whether any of the attributes encrypted, compressed and verity is set. */
  public static final int STATX_TRANSFORMED = 9;

  public static final int STATX_BLOCKS = 10;
  public static final int STATX_CTIME_SECONDS = 11;
  public static final int STATX_CTIME_NANOS = 12;
  public static final int STATX_LENGTH = 13;

  /** The file types of {@code st_mode}, compared with the C header's when the shim is compiled. */
  public static final int S_IFMT = 0xF000;

  public static final int S_IFREG = 0x8000;
  public static final int S_IFCHR = 0x2000;
  public static final int S_IFBLK = 0x6000;
  public static final int S_IFDIR = 0x4000;

  /** Indices of the fields of one extent in the array that {@link #fiemap} fills. */
  public static final int EXTENT_LOGICAL = 0;

  public static final int EXTENT_PHYSICAL = 1;
  public static final int EXTENT_BYTES = 2;
  public static final int EXTENT_FLAGS = 3;
  public static final int EXTENT_LENGTH = 4;

  /** Of linux/fiemap.h, compared with it when the shim is compiled. */
  public static final int FIEMAP_FLAG_SYNC = 0x1;

  public static final int FIEMAP_EXTENT_LAST = 0x1;
  public static final int FIEMAP_EXTENT_UNKNOWN = 0x2;
  public static final int FIEMAP_EXTENT_DELALLOC = 0x4;
  public static final int FIEMAP_EXTENT_ENCODED = 0x8;
  public static final int FIEMAP_EXTENT_NOT_ALIGNED = 0x100;
  public static final int FIEMAP_EXTENT_DATA_INLINE = 0x200;
  public static final int FIEMAP_EXTENT_DATA_TAIL = 0x400;
  public static final int FIEMAP_EXTENT_UNWRITTEN = 0x800;
  public static final int FIEMAP_EXTENT_MERGED = 0x1000;
  public static final int FIEMAP_EXTENT_SHARED = 0x2000;

  /** Indices of the fields of one record in the arrays of {@link #fsmap}. */
  public static final int FSMAP_DEVICE = 0;

  public static final int FSMAP_FLAGS = 1;
  public static final int FSMAP_PHYSICAL = 2;
  public static final int FSMAP_OWNER = 3;
  public static final int FSMAP_OFFSET = 4;
  public static final int FSMAP_BYTES = 5;
  public static final int FSMAP_LENGTH = 6;

  /** Of linux/fsmap.h, compared with it when the shim is compiled. */
  public static final int FMR_OF_PREALLOC = 0x1;

  public static final int FMR_OF_ATTR_FORK = 0x2;
  public static final int FMR_OF_EXTENT_MAP = 0x4;
  public static final int FMR_OF_SPECIAL_OWNER = 0x10;
  public static final int FMR_OF_LAST = 0x20;

  /** Of errno.h, the same on every platform of Linux. */
  public static final int ENOENT = 2;

  public static final int ENOSPC = 28;
  public static final int ENODATA = 61;

  /** Of linux/fs.h, compared with it when the shim is compiled. */
  public static final int FS_XFLAG_REALTIME = 0x1;

  /** The events of {@link #poll}, compared with the C header's when the shim is compiled. */
  public static final int POLLIN = 1;

  public static final int POLLPRI = 2;
  public static final int POLLERR = 8;

  /** Indices into the array that {@link #liveHandles} fills. */
  public static final int LIVE_DESCRIPTORS = 0;

  public static final int LIVE_SOURCES = 1;
  public static final int LIVE_CONTEXTS = 2;
  public static final int LIVE_LENGTH = 3;

  private Native() {}

  /** The version in pom.xml and the hash of this file that the library was compiled with. */
  static native void version(byte[] version);

  /** {@code int pmem2_source_from_fd(struct pmem2_source **src, int fd);} */
  static native int sourceFromFd(long[] src, int fd, byte[] errormsg);

  /** {@code int pmem2_source_from_anon(struct pmem2_source **src, size_t size);} */
  static native int sourceFromAnon(long[] src, long size, byte[] errormsg);

  /** {@code int pmem2_source_delete(struct pmem2_source **src);} */
  static native void sourceDelete(long src);

  /** {@code int pmem2_source_size(const struct pmem2_source *src, size_t *size);} */
  static native int sourceSize(long src, long[] size, byte[] errormsg);

  /** {@code int pmem2_source_alignment(const struct pmem2_source *src, size_t *alignment);} */
  static native int sourceAlignment(long src, long[] alignment, byte[] errormsg);

  /**
   * {@code int pmem2_source_device_id(const struct pmem2_source *src, char *id, size_t *len);} The
   * id ends at the first zero byte.
   */
  static native int sourceDeviceId(long src, byte[] id, byte[] errormsg);

  /** {@code int pmem2_source_device_usc(const struct pmem2_source *src, uint64_t *usc);} */
  static native int sourceDeviceUsc(long src, long[] usc, byte[] errormsg);

  /**
   * {@code int pmem2_badblock_context_new(struct pmem2_badblock_context **bbctx, const struct
   * pmem2_source *src);}
   */
  static native int badblockContextNew(long[] bbctx, long src, byte[] errormsg);

  /**
   * {@code int pmem2_badblock_next(struct pmem2_badblock_context *bbctx, struct pmem2_badblock
   * *bb);}, called until {@code blocks}, which takes an offset and a length for each, is full. The
   * first code that is not 0 ends it; {@code count[0]} blocks are good either way.
   */
  static native int badblockNext(long bbctx, long[] blocks, int[] count, byte[] errormsg);

  /**
   * {@code int pmem2_badblock_clear(struct pmem2_badblock_context *bbctx, const struct
   * pmem2_badblock *bb);}
   */
  static native int badblockClear(long bbctx, long offset, long length, byte[] errormsg);

  /** {@code void pmem2_badblock_context_delete(struct pmem2_badblock_context **bbctx);} */
  static native void badblockContextDelete(long bbctx);

  /**
   * {@code int pmem2_map_new(struct pmem2_map **map_ptr, const struct pmem2_config *config, struct
   * pmem2_source *src);} of the whole pages that hold the range, from which the kernel then copies:
   * {@code -EFAULT} where the medium has lost it.
   */
  static native int mapRead(
      long src, byte[] buf, int from, int count, long offset, byte[] errormsg);

  /**
   * Likewise, but the kernel copies to it, and {@code void persist_fn(const void *ptr, size_t
   * size);} of {@code pmem2_get_persist_fn(3)}, which returns when the bytes are on the medium.
   */
  static native int mapWrite(
      long src, byte[] buf, int from, int count, long offset, byte[] errormsg);

  /** {@code const char *strerrorname_np(int errnum);}, which the oldest glibc we run on lacks. */
  static native void errnoName(int errno, byte[] name);

  /**
   * Binds libndctl and libdaxctl, as opening a context does: 0 and the path of the libndctl that
   * was found, or {@code PMEM2_E_NOSUPP} and a message.
   */
  static native int bindNdctl(byte[] pathOrMessage);

  /** {@code int open(const char *pathname, int flags);}, always with {@code O_CLOEXEC}. */
  static native int open(byte[] pathname, int flags);

  /** {@code int close(int fd);} */
  static native void close(int fd);

  /**
   * {@code int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx
   * *statxbuf);} of an open file.
   */
  static native int statx(int fd, long[] statxbuf);

  /**
   * {@code ssize_t pread(int fd, void *buf, size_t count, off_t offset);} into an array, from its
   * index {@code from} on, and no more than some hundred kilobytes at a time.
   */
  static native int pread(int fd, byte[] buf, int from, int count, long offset);

  /** {@code ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset);} likewise. */
  static native int pwrite(int fd, byte[] buf, int from, int count, long offset);

  /** {@code off_t lseek(int fd, off_t offset, int whence);} */
  static native long lseek(int fd, long offset, int whence);

  /**
   * {@code ssize_t sendfile(int out_fd, int in_fd, off_t *offset, size_t count);} to the same
   * offset of {@code out_fd}.
   */
  static native long sendfile(int out, int in, long offset, long count);

  /** {@code int fsync(int fd);} */
  static native int fsync(int fd);

  /** {@code int fallocate(int fd, int mode, off_t offset, off_t len);} */
  static native int fallocate(int fd, int mode, long offset, long len);

  /** {@code int ftruncate(int fd, off_t length);} */
  static native int ftruncate(int fd, long length);

  /** {@code int flock(int fd, int operation);} */
  static native int flock(int fd, int operation);

  /** {@code int ioctl(int fd, FS_IOC_GETVERSION, long *generation);} */
  static native int getVersion(int fd, long[] generation);

  /** {@code int fstatfs(int fd, struct statfs *buf);}: {@code f_type}, {@code f_bsize}. */
  static native int fstatfs(int fd, long[] statfsbuf);

  /**
   * {@code int ioctl(int fd, FS_IOC_FIEMAP, struct fiemap *);} of the bytes from {@code start} to
   * {@code end}: as many extents as fit in the array.
   *
   * @return how many, or a negative errno
   */
  static native int fiemap(int fd, long start, long end, int flags, long[] extents);

  /**
   * open without following a link, {@link #fiemap} from the start on, close: how many extents, or a
   * negative errno.
   */
  static native int fiemapOf(byte[] pathname, long[] extents);

  /**
   * {@code int ioctl(int fd, FS_IOC_GETFSMAP, struct fsmap_head *);} of a whole file system, as
   * many records as fit in the array.
   *
   * @param last the last record of the call before, or zeros
   * @return how many, or a negative errno
   */
  static native int fsmap(int fd, long[] last, long[] records);

  /**
   * {@code int ioctl(int fd, FS_IOC_FSGETXATTR, struct fsxattr *);}: {@code fsx_xflags}, 0 where
   * the file system has none, or a negative errno.
   */
  static native long fileFlags(int fd);

  /** The same of {@code fsx_projid}, the project whose quota counts. */
  static native long fileProject(int fd);

  /**
   * {@code int ioctl(int fd, FS_IOC_FSSETXATTR, struct fsxattr *);}: sets {@code fsx_projid} alone,
   * unless it is so already.
   */
  static native int setFileProject(int fd, long project);

  /** open, read to the end or to the end of the array, close: how many bytes, or an errno. */
  static native int readSmallFile(byte[] pathname, byte[] content);

  /** {@code ssize_t readlink(const char *pathname, char *buf, size_t bufsiz);} */
  static native int readlink(byte[] pathname, byte[] target);

  /**
   * {@code int ioctl(int fd, DM_TABLE_STATUS, struct dm_ioctl *);} with {@code
   * DM_STATUS_TABLE_FLAG}: the live table as lines {@code START LENGTH TYPE PARAMETERS}.
   *
   * @return how many bytes, or a negative errno; {@code -ENOSPC} if they do not fit
   */
  static native int deviceMapperTable(int major, int minor, byte[] table);

  /**
   * {@code int poll(struct pollfd *fds, nfds_t nfds, int timeout);}. Without a timeout, which is
   * less than 0, it is begun again when a signal interrupts it; with one that is its end, too. The
   * arrays are of one length: the members of {@code struct pollfd}.
   */
  static native int poll(int[] fds, int[] events, int[] revents, int timeout);

  /** {@code int eventfd(unsigned int initval, int flags);}: 0, and it never waits. */
  static native int eventfd();

  /** {@code int inotify_init1(int flags);}: a read of it never waits. */
  static native int inotifyInit();

  /**
   * {@code int inotify_add_watch(int fd, const char *pathname, uint32_t mask);} of {@code
   * IN_ATTRIB} and {@code IN_CLOSE_WRITE}.
   */
  static native int inotifyAddWatch(int fd, byte[] pathname);

  /** {@code int dup(int oldfd);} */
  static native int dup(int oldfd);

  /** {@code int eventfd_write(int fd, eventfd_t value);} of 1. */
  static native int eventfdWrite(int fd);

  /** {@code int eventfd_read(int fd, eventfd_t *value);}, which makes it 0 again. */
  static native int eventfdRead(int fd);

  /**
   * {@code int socket(AF_NETLINK, int type, NETLINK_KOBJECT_UEVENT);}, bound to the kernel's
   * broadcasts about devices, non-blocking.
   */
  static native int ueventSocket();

  /**
   * {@code ssize_t recv(int fd, void *buf, size_t len, int flags);} until nothing is left.
   *
   * @return 1 if a device-mapper device or an NVDIMM bus has changed, or may have; else 0
   */
  static native int ueventRead(int fd);

  /**
   * {@code ssize_t getxattr(const char *path, const char *name, void *value, size_t size);} of
   * {@code user.pmem2j.repair}.
   */
  static native int getXattr(byte[] path, byte[] value);

  /**
   * {@code int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);}
   * likewise.
   */
  static native int setXattr(int fd, byte[] value);

  /** {@code int fremovexattr(int fd, const char *name);} likewise. */
  static native int removeXattr(int fd);

  /**
   * {@code ssize_t fgetxattr(int fd, const char *name, void *value, size_t size);} of {@code
   * system.posix_acl_access}, without the value.
   */
  static native int aclLength(int fd);

  /** How many of each kind of native object are live in this process. */
  static native void liveHandles(long[] counts);
}
