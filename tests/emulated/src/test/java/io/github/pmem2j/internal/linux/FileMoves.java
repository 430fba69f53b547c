package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.io.UncheckedIOException;

/** fallocate(2), which moves all that follows a range of a file. */
public final class FileMoves {
  private static final int COLLAPSE_RANGE = 0x08;
  private static final int INSERT_RANGE = 0x20;

  private FileMoves() {}

  /** Removes the beginning of a file. */
  public static void collapse(Descriptor file, long length) {
    move(file, COLLAPSE_RANGE, length);
  }

  /** Inserts a hole before the beginning of a file. */
  public static void insert(Descriptor file, long length) {
    move(file, INSERT_RANGE, length);
  }

  private static void move(Descriptor file, int mode, long length) {
    try {
      int code = file.use(fd -> SystemCalls.fallocate(fd, mode, 0, length));
      if (code != 0) {
        throw new IOException("fallocate(" + mode + "): " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
