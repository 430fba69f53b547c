package io.github.pmem2j.internal.jni;

import java.io.IOException;

/**
 * The system calls of {@link Native}, for the packages above. Each loads the native library first,
 * so no native method is reached without it. Results are the kernel's: 0 or more, or a negated
 * errno.
 */
public final class SystemCalls {
  private SystemCalls() {}

  /** {@link Native#open}. */
  public static int open(byte[] pathname, int flags) throws IOException {
    NativeLibrary.require();
    return Native.open(pathname, flags);
  }

  /** {@link Native#close}. */
  public static void close(int fd) {
    Native.close(fd);
  }

  /** {@link Native#statx}. */
  public static int statx(int fd, long[] statxbuf) throws IOException {
    NativeLibrary.require();
    return Native.statx(fd, statxbuf);
  }

  /** {@link Native#pread}. */
  public static int pread(int fd, byte[] buf, int from, int count, long offset) throws IOException {
    NativeLibrary.require();
    return Native.pread(fd, buf, from, count, offset);
  }

  /** {@link Native#pwrite}. */
  public static int pwrite(int fd, byte[] buf, int from, int count, long offset)
      throws IOException {
    NativeLibrary.require();
    return Native.pwrite(fd, buf, from, count, offset);
  }

  /** {@link Native#lseek}. */
  public static long lseek(int fd, long offset, int whence) throws IOException {
    NativeLibrary.require();
    return Native.lseek(fd, offset, whence);
  }

  /** {@link Native#sendfile}. */
  public static long sendfile(int out, int in, long offset, long count) throws IOException {
    NativeLibrary.require();
    return Native.sendfile(out, in, offset, count);
  }

  /** {@link Native#fsync}. */
  public static int fsync(int fd) throws IOException {
    NativeLibrary.require();
    return Native.fsync(fd);
  }

  /** {@link Native#fallocate}. */
  public static int fallocate(int fd, int mode, long offset, long len) throws IOException {
    NativeLibrary.require();
    return Native.fallocate(fd, mode, offset, len);
  }

  /** {@link Native#ftruncate}. */
  public static int ftruncate(int fd, long length) throws IOException {
    NativeLibrary.require();
    return Native.ftruncate(fd, length);
  }

  /** {@link Native#flock}. */
  public static int flock(int fd, int operation) throws IOException {
    NativeLibrary.require();
    return Native.flock(fd, operation);
  }

  /** {@link Native#getVersion}. */
  public static int getVersion(int fd, long[] generation) throws IOException {
    NativeLibrary.require();
    return Native.getVersion(fd, generation);
  }

  /** {@link Native#fstatfs}. */
  public static int fstatfs(int fd, long[] statfsbuf) throws IOException {
    NativeLibrary.require();
    return Native.fstatfs(fd, statfsbuf);
  }

  /** {@link Native#fiemap}. */
  public static int fiemap(int fd, long start, long end, int flags, long[] extents)
      throws IOException {
    NativeLibrary.require();
    return Native.fiemap(fd, start, end, flags, extents);
  }

  /** {@link Native#fiemapOf}. */
  public static int fiemapOf(byte[] pathname, long[] extents) throws IOException {
    NativeLibrary.require();
    return Native.fiemapOf(pathname, extents);
  }

  /** {@link Native#fsmap}. */
  public static int fsmap(int fd, long[] last, long[] records) throws IOException {
    NativeLibrary.require();
    return Native.fsmap(fd, last, records);
  }

  /** {@link Native#fileFlags}. */
  public static long fileFlags(int fd) throws IOException {
    NativeLibrary.require();
    return Native.fileFlags(fd);
  }

  /** {@link Native#fileProject}. */
  public static long fileProject(int fd) throws IOException {
    NativeLibrary.require();
    return Native.fileProject(fd);
  }

  /** {@link Native#setFileProject}. */
  public static int setFileProject(int fd, long project) throws IOException {
    NativeLibrary.require();
    return Native.setFileProject(fd, project);
  }

  /** {@link Native#readSmallFile}. */
  public static int readSmallFile(byte[] pathname, byte[] content) throws IOException {
    NativeLibrary.require();
    return Native.readSmallFile(pathname, content);
  }

  /** {@link Native#readlink}. */
  public static int readlink(byte[] pathname, byte[] target) throws IOException {
    NativeLibrary.require();
    return Native.readlink(pathname, target);
  }

  /** {@link Native#deviceMapperTable}. */
  public static int deviceMapperTable(int major, int minor, byte[] table) throws IOException {
    NativeLibrary.require();
    return Native.deviceMapperTable(major, minor, table);
  }

  /** {@link Native#poll}. */
  public static int poll(int[] fds, int[] events, int[] revents, int timeout) throws IOException {
    NativeLibrary.require();
    return Native.poll(fds, events, revents, timeout);
  }

  /** {@link Native#eventfd}. */
  public static int eventfd() throws IOException {
    NativeLibrary.require();
    return Native.eventfd();
  }

  /** {@link Native#inotifyInit}. */
  public static int inotifyInit() throws IOException {
    NativeLibrary.require();
    return Native.inotifyInit();
  }

  /** {@link Native#inotifyAddWatch}. */
  public static int inotifyAddWatch(int fd, byte[] pathname) throws IOException {
    NativeLibrary.require();
    return Native.inotifyAddWatch(fd, pathname);
  }

  /** {@link Native#dup}. */
  public static int dup(int oldfd) throws IOException {
    NativeLibrary.require();
    return Native.dup(oldfd);
  }

  /** {@link Native#eventfdWrite}. */
  public static int eventfdWrite(int fd) throws IOException {
    NativeLibrary.require();
    return Native.eventfdWrite(fd);
  }

  /** {@link Native#eventfdRead}. */
  public static int eventfdRead(int fd) throws IOException {
    NativeLibrary.require();
    return Native.eventfdRead(fd);
  }

  /** {@link Native#ueventSocket}. */
  public static int ueventSocket() throws IOException {
    NativeLibrary.require();
    return Native.ueventSocket();
  }

  /** {@link Native#ueventRead}. */
  public static int ueventRead(int fd) throws IOException {
    NativeLibrary.require();
    return Native.ueventRead(fd);
  }

  /** {@link Native#getXattr}. */
  public static int getXattr(byte[] path, byte[] value) throws IOException {
    NativeLibrary.require();
    return Native.getXattr(path, value);
  }

  /** {@link Native#setXattr}. */
  public static int setXattr(int fd, byte[] value) throws IOException {
    NativeLibrary.require();
    return Native.setXattr(fd, value);
  }

  /** {@link Native#removeXattr}. */
  public static int removeXattr(int fd) throws IOException {
    NativeLibrary.require();
    return Native.removeXattr(fd);
  }

  /** {@link Native#aclLength}. */
  public static int aclLength(int fd) throws IOException {
    NativeLibrary.require();
    return Native.aclLength(fd);
  }
}
