package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.text.Words;
import java.nio.file.Path;

/** Formats values for a terminal. */
final class Text {
  private Text() {}

  /** A text that contains a file name, on one line and safe to print on a terminal. */
  static String printable(Object value) {
    return Words.printable(value);
  }

  /** A message, {@link #printable} and truncated. */
  static String message(Object value) {
    return Words.truncate(printable(value));
  }

  /** A path as given, {@link #printable}. */
  static String path(Path path) {
    return printable(PathConverter.text(path));
  }

  /** A number of bytes: "8192 bytes (8.0 KiB)". */
  static String bytes(long count) {
    return Words.bytes(count);
  }

  /** "1 bad block", "2 bad blocks". */
  static String count(long count, String noun) {
    return Words.count(count, noun);
  }

  /** A range in one word: OFFSET+LENGTH. */
  static String range(RangeJson range) {
    return range.offset() + "+" + range.length();
  }
}
