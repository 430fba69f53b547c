package io.github.pmem2j.internal.jni;

import io.github.pmem2j.Pmem2Error;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The functions of libpmem2, with exceptions instead of codes. Pointers are valid only inside
 * {@link Handle#use}; the path is only for exceptions and may be null.
 */
public final class Pmem2 {
  private static final int DEVICE_ID_SIZE = 4096;

  private Pmem2() {}

  /** pmem2_source_from_fd. Closing the descriptor closes the returned handle. */
  public static Handle sourceFromFd(Handle descriptor, Path path) throws IOException {
    return descriptor.useDescriptor(
        fd -> {
          long[] source = new long[1];
          byte[] message = NativeError.newMessage();
          int code = Native.sourceFromFd(source, fd, message);
          check(
              code,
              Pmem2Error.PMEM2_E_INVALID_FILE_TYPE,
              "it is neither a regular file nor a dax device",
              "pmem2_source_from_fd",
              path,
              message);
          return new Handle("Pmem2Source of " + path, descriptor, source[0], Native::sourceDelete);
        });
  }

  /** As NativeError's, with a text for one error of which libpmem2 leaves no message. */
  private static void check(
      int code, Pmem2Error error, String text, String operation, Path path, byte[] errormsg)
      throws IOException {
    if (code == error.code() && errormsg[0] == 0) {
      throw NativeError.exception(operation, path, code, text);
    }
    NativeError.check(code, operation, path, errormsg);
  }

  /** pmem2_source_from_anon. */
  public static Handle sourceFromAnon(long size) throws IOException {
    NativeLibrary.require();
    long[] source = new long[1];
    byte[] message = NativeError.newMessage();
    int code = Native.sourceFromAnon(source, size, message);
    NativeError.check(code, "pmem2_source_from_anon", null, message);
    return new Handle("an anonymous Pmem2Source", null, source[0], Native::sourceDelete);
  }

  @FunctionalInterface
  private interface LongGetter {
    int get(long source, long[] value, byte[] message);
  }

  private static long get(String operation, LongGetter getter, long source, Path path)
      throws IOException {
    long[] value = new long[1];
    byte[] message = NativeError.newMessage();
    NativeError.check(getter.get(source, value, message), operation, path, message);
    return value[0];
  }

  public static long sourceSize(long source, Path path) throws IOException {
    return get("pmem2_source_size", Native::sourceSize, source, path);
  }

  public static long sourceAlignment(long source, Path path) throws IOException {
    return get("pmem2_source_alignment", Native::sourceAlignment, source, path);
  }

  public static long sourceDeviceUsc(long source, Path path) throws IOException {
    return get("pmem2_source_device_usc", Native::sourceDeviceUsc, source, path);
  }

  public static String sourceDeviceId(long source, Path path) throws IOException {
    byte[] id = new byte[DEVICE_ID_SIZE];
    byte[] message = NativeError.newMessage();
    check(
        Native.sourceDeviceId(source, id, message),
        Pmem2Error.PMEM2_E_NOSUPP,
        "libpmem2 finds no NVDIMM with an identity below it",
        "pmem2_source_device_id",
        path,
        message);
    return NativeError.text(id);
  }

  /** pmem2_badblock_context_new. Closing the source closes the returned handle. */
  public static Handle badBlockContextNew(Handle sourceHandle, Path path) throws IOException {
    return sourceHandle.use(
        source -> {
          long[] context = new long[1];
          byte[] message = NativeError.newMessage();
          int code = Native.badblockContextNew(context, source, message);
          NativeError.check(code, "pmem2_badblock_context_new", path, message);
          return new Handle(
              "Pmem2BadBlocks of " + path, sourceHandle, context[0], Native::badblockContextDelete);
        });
  }

  /** What {@link #badBlockNext} read, and the reusable arrays that it reads into. */
  public static final class Batch {
    private final long[] blocks;
    private final int[] count = new int[1];
    private final byte[] message = NativeError.newMessage();
    private boolean end;

    /** A batch of at most this many bad blocks. */
    public Batch(int capacity) {
      blocks = new long[2 * capacity];
    }

    /** How many were read. */
    public int count() {
      return count[0];
    }

    /** Whether there are no more. */
    public boolean end() {
      return end;
    }

    /** Offset of one of them, in bytes. */
    public long offset(int index) {
      return blocks[2 * index];
    }

    /** Length of one of them, in bytes. */
    public long length(int index) {
      return blocks[2 * index + 1];
    }

    /**
     * At the end: whether libpmem2 gave a reason, as it does if it found no device. A regular end
     * has none.
     */
    public boolean endHasReason() {
      return message[0] != 0;
    }
  }

  /**
   * pmem2_badblock_next, until the batch is full. An error that follows bad blocks which were read
   * is thrown by the next call, so that none of them is lost.
   */
  public static void badBlockNext(long context, Batch batch, Path path) throws IOException {
    int code = Native.badblockNext(context, batch.blocks, batch.count, batch.message);
    batch.end = code == Pmem2Error.PMEM2_E_NO_BAD_BLOCK_FOUND.code();
    if (!batch.end && batch.count() == 0) {
      NativeError.check(code, "pmem2_badblock_next", path, batch.message);
    }
  }

  /** pmem2_badblock_clear: zeroes the range. */
  public static void badBlockClear(long context, long offset, long length, Path path)
      throws IOException {
    byte[] message = NativeError.newMessage();
    int code = Native.badblockClear(context, offset, length, message);
    NativeError.check(code, "pmem2_badblock_clear", path, message);
  }

  /** Reads bytes of a dax device through a mapping: pmem2_map_new. */
  public static void mapRead(long source, byte[] bytes, long offset, Path path) throws IOException {
    byte[] message = NativeError.newMessage();
    int code = Native.mapRead(source, bytes, 0, bytes.length, offset, message);
    NativeError.check(code, "pmem2_map_new", path, message);
  }

  /**
   * Writes bytes of a dax device through a mapping, and waits until they are on the medium:
   * pmem2_map_new and pmem2_get_persist_fn.
   */
  public static void mapWrite(long source, ByteBuffer bytes, long offset, Path path)
      throws IOException {
    byte[] message = NativeError.newMessage();
    int from = bytes.arrayOffset() + bytes.position();
    int code = Native.mapWrite(source, bytes.array(), from, bytes.remaining(), offset, message);
    NativeError.check(code, "pmem2_map_new", path, message);
  }

  /**
   * Binds libndctl, as opening a context does.
   *
   * @return where it was found
   */
  public static String bindNdctl() throws IOException {
    NativeLibrary.require();
    byte[] text = NativeError.newMessage();
    NativeError.check(Native.bindNdctl(text), "dlopen", null, text);
    return NativeError.text(text);
  }
}
