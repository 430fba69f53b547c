package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Attributes in sysfs and the links there, each in one native call and without exceptions. */
public final class SystemFiles {
  private static final int LINK_CAPACITY = 1024;

  private SystemFiles() {}

  /**
   * Reads a file into {@code content}, as much as fits.
   *
   * @return how many bytes, or -1 if there is no such file
   */
  public static int read(String path, byte[] content) throws IOException {
    return found("read", path, SystemCalls.readSmallFile(bytes(path), content));
  }

  /**
   * Reads a symbolic link.
   *
   * @return its target, or null if there is no such file
   */
  public static String readLink(String path) throws IOException {
    byte[] target = new byte[LINK_CAPACITY];
    int length = found("readlink", path, SystemCalls.readlink(bytes(path), target));
    return length < 0 ? null : new String(target, 0, length, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String path) {
    return path.getBytes(StandardCharsets.UTF_8);
  }

  private static int found(String operation, String path, int code) throws IOException {
    if (code < 0 && code != -Native.ENOENT) {
      throw NativeError.exception(operation, Path.of(path), code, "");
    }
    return Math.max(code, -1);
  }
}
