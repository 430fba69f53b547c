package io.github.pmem2j;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Converts between paths and their bytes in the kernel, in every locale. {@link Path#toString}
 * replaces bytes that the locale cannot encode by characters such as '?'; {@link Path#toUri} keeps
 * them, so these methods use the URI.
 */
public final class PathBytes {
  private static final int ESCAPE = 0xDC00;
  private static final int ASCII_END = 0x80;
  private static final int BYTE_END = 0x100;

  private PathBytes() {}

  /**
   * The bytes of a path's absolute name.
   *
   * @param path a path of the default file system
   * @return the name in the kernel, without a terminating zero
   */
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
   * @param name an absolute name, as {@link #of} returns it
   * @return the path
   * @throws IllegalArgumentException if the name is not absolute, or contains a zero byte
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

  /**
   * A name as text, in every locale.
   *
   * @param name the bytes of a name
   * @return the bytes decoded as UTF-8; a byte that is not UTF-8 becomes a single surrogate (U+DC80
   *     to U+DCFF)
   */
  public static String text(byte[] name) {
    Objects.requireNonNull(name, "name");
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(name);
    CharBuffer out = CharBuffer.allocate(name.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + Byte.toUnsignedInt(in.get())));
      }
      decoder.reset();
    }
  }

  /**
   * The bytes of a name from its {@link #text}.
   *
   * @param text what {@link #text} returned
   * @return the bytes of the name
   */
  public static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c >= ESCAPE + ASCII_END && c < ESCAPE + BYTE_END) {
                bytes.write(c - ESCAPE);
              } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }

  /**
   * A path's absolute name, for uses that require Unicode, such as the label of a metric.
   *
   * @param path a path of the default file system
   * @return the name, in which a backslash is doubled and a byte that is not UTF-8 is {@code \xNN}:
   *     no two names have the same label
   */
  public static String label(Path path) {
    StringBuilder label = new StringBuilder();
    text(of(path))
        .codePoints()
        .forEach(
            c -> {
              if (c == '\\') {
                label.append("\\\\");
              } else if (Character.getType(c) == Character.SURROGATE) {
                HexFormat.of().toHexDigits(label.append("\\x"), (byte) (c - ESCAPE));
              } else {
                label.appendCodePoint(c);
              }
            });
    return label.toString();
  }

  /**
   * A path in the same directory, with a prefix and a suffix around the name.
   *
   * @param path a file
   * @param before the prefix, in ASCII
   * @param after the suffix, in ASCII
   * @return the path
   */
  public static Path sibling(Path path, String before, String after) {
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(after, "after");
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

  /** The absolute name in the URI, without the trailing slash of a directory. */
  private static String rawUri(Path path) {
    String uri = path.toUri().getRawPath();
    return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
  }

  /** Whether every locale encodes the name in the same bytes. */
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
