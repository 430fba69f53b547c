package io.github.pmem2j.internal.linux;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Paths as the kernel knows them. A string would not do: in a locale that cannot express a name it
 * has lost bytes of it (to '?' or the like), while the URI, which Java makes from the bytes, has
 * not.
 */
public final class PathBytes {
  private PathBytes() {}

  /** The bytes of a path's absolute name. */
  public static byte[] of(Path path) {
    String name = path.toAbsolutePath().toString();
    if (isAscii(name)) {
      return name.getBytes(StandardCharsets.US_ASCII);
    }
    String uri = rawUri(path);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  /**
   * The path that has these bytes for its name.
   *
   * @throws IllegalArgumentException if that is not absolute, or no name
   */
  public static Path path(byte[] name) {
    if (name.length == 0 || name[0] != '/') {
      throw new IllegalArgumentException("no absolute path: " + HexFormat.of().formatHex(name));
    }
    StringBuilder uri = new StringBuilder("file://");
    for (byte b : name) {
      if (b == '/') {
        uri.append('/');
      } else {
        HexFormat.of().toHexDigits(uri.append('%'), b);
      }
    }
    return Path.of(URI.create(uri.toString()));
  }

  /** Where a file has the name of another, in the same directory, with ASCII around it. */
  public static Path sibling(Path path, String before, String after) {
    String name = path.getFileName().toString();
    if (isAscii(name)) {
      return path.resolveSibling(before + name + after);
    }
    String uri = rawUri(path);
    int nameStart = uri.lastIndexOf('/') + 1;
    return Path.of(
        URI.create(
            "file://" + uri.substring(0, nameStart) + before + uri.substring(nameStart) + after));
  }

  /** Its absolute name as a URI has it; that of a directory would end with a slash. */
  private static String rawUri(Path path) {
    String uri = path.toUri().getRawPath();
    return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
  }

  /** Whether every locale has the same bytes for it. */
  private static boolean isAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == 0 || c >= 0x80 || c == '?') {
        return false;
      }
    }
    return true;
  }
}
