package io.github.pmem2j.cli;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Turns an argument into a path and back, whatever the locale can express: a path made from a URI
 * has exactly the bytes that the URI says.
 */
final class PathConverter implements ITypeConverter<Path> {
  private static final int HEX = 16;

  @Override
  public Path convert(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("a path is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return ofBytes(text);
    }
  }

  private static Path ofBytes(String text) {
    StringBuilder uri = new StringBuilder("file://");
    boolean absolute = text.startsWith("/");
    Path here = Path.of("").toAbsolutePath();
    if (!absolute) {
      uri.append(here.toUri().getRawPath());
    }
    for (byte b : Arguments.bytes(text)) {
      uri.append(b == '/' ? "/" : String.format("%%%02x", b));
    }
    Path path = Path.of(URI.create(uri.toString()));
    return absolute ? path : path.subpath(here.getNameCount(), path.getNameCount());
  }

  /** A path as it was given. */
  static String text(Path path) {
    String text = path.toString();
    if (text.indexOf(Arguments.LOST) < 0) {
      return text;
    }
    String whole = decode(path.toUri());
    if (path.isAbsolute()) {
      return whole;
    }
    return whole.substring(decode(Path.of("").toUri()).length() + 1);
  }

  private static String decode(URI uri) {
    String raw = uri.getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) == '%') {
        bytes.write(Integer.parseInt(raw, i + 1, i + 3, HEX));
        i += 2;
      } else {
        bytes.write(raw.charAt(i));
      }
    }
    String text = Arguments.text(bytes.toByteArray());
    // The URI of a directory ends with a slash.
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
