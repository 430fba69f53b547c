package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import java.nio.file.Path;
import java.util.Locale;

/** Formats values for a person. */
final class Text {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final int UNIT = 1024;
  private static final String CUT = " [...] ";

  /** A path can have 4,095 bytes, and a message can have two paths. */
  private static final int LONGEST_MESSAGE = 10_000;

  private Text() {}

  /**
   * A text that contains a file name, on one line and safe to print on a terminal: control
   * characters, line separators and marks that change the writing direction are escaped.
   */
  static String printable(Object value) {
    StringBuilder text = new StringBuilder();
    value.toString().codePoints().forEach(c -> append(text, c));
    return text.toString();
  }

  /** A message, {@link #printable} and truncated: nobody reads a line of a megabyte. */
  static String message(Object value) {
    String text = printable(value);
    if (text.length() <= LONGEST_MESSAGE) {
      return text;
    }
    int half = (LONGEST_MESSAGE - CUT.length()) / 2;
    return text.substring(0, half) + CUT + text.substring(text.length() - half);
  }

  /** A path as it was given, {@link #printable}. */
  static String path(Path path) {
    return printable(PathConverter.text(path));
  }

  private static void append(StringBuilder text, int c) {
    switch (c) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              text.append(String.format(Locale.ROOT, "\\u%04x", c));
          default -> text.appendCodePoint(c);
        }
      }
    }
  }

  /** A number of bytes, exactly and, where it helps, roughly: "8192 bytes (8.0 KiB)". */
  static String bytes(long count) {
    String exact = count(count, "byte");
    if (count < UNIT) {
      return exact;
    }
    double scaled = count;
    int unit = -1;
    while (scaled >= UNIT) {
      scaled /= UNIT;
      unit++;
    }
    return exact + String.format(Locale.ROOT, " (%.1f %s)", scaled, UNITS[unit]);
  }

  /** "1 bad block", "2 bad blocks". */
  static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** A range on one word: OFFSET+LENGTH. */
  static String range(RangeJson range) {
    return range.offset() + "+" + range.length();
  }
}
