package io.github.pmem2j.cli;

import io.github.pmem2j.PathBytes;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Converts arguments to paths and back, in every locale. */
final class PathConverter {
  private PathConverter() {}

  /** The path that an argument names. */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return ofBytes(text);
    }
  }

  private static Path ofBytes(String text) {
    if (text.startsWith("/")) {
      return PathBytes.path(PathBytes.bytes(text));
    }
    Path path = PathBytes.path(PathBytes.bytes(here() + "/" + text));
    return path.subpath(Path.of("").toAbsolutePath().getNameCount(), path.getNameCount());
  }

  /** A message of the library about a path, with the names of that path as given. */
  static String inMessage(String message, Path path) {
    String text = message;
    for (Path name : path) {
      if (name.toString().indexOf(Arguments.LOST) >= 0) {
        text = text.replace(name.toString(), text(name));
      }
    }
    return text;
  }

  private static String here() {
    String here = text(Path.of("").toAbsolutePath());
    return here.equals("/") ? "" : here;
  }

  /** A path as it was given. */
  static String text(Path path) {
    String text = path.toString();
    if (text.indexOf(Arguments.LOST) < 0) {
      return text;
    }
    String whole = PathBytes.text(PathBytes.of(path));
    if (path.isAbsolute()) {
      return whole;
    }
    return whole.substring(here().length() + 1);
  }
}
