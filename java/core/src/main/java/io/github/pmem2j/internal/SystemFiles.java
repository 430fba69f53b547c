package io.github.pmem2j.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Attributes in sysfs and the links there, each in one native call and without exceptions. */
public final class SystemFiles {
  private static final int LINK_ROOM = 1024;

  private SystemFiles() {}

  /**
   * Reads a file into {@code content}, as much as fits.
   *
   * @return how many bytes, or -1 if there is no such file
   */
  public static int read(String path, byte[] content) throws IOException {
    NativeLibrary.require();
    return found("read", path, Native.readSmallFile(bytes(path), content));
  }

  /**
   * Reads a symbolic link.
   *
   * @return what it says, or null if there is no such file
   */
  public static String readLink(String path) throws IOException {
    NativeLibrary.require();
    byte[] target = new byte[LINK_ROOM];
    int length = found("readlink", path, Native.readlink(bytes(path), target));
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
