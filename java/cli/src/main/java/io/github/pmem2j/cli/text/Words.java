package io.github.pmem2j.cli.text;

import java.util.Locale;

/** Formats values for a person. */
public final class Words {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final int UNIT = 1024;
  private static final String CUT = " [...] ";

  /** A path can have 4,095 bytes, and a message can have two paths. */
  private static final int LONGEST_MESSAGE = 10_000;

  private Words() {}

  /**
   * A text that contains a file name, on one line: {@linkplain #isHidden hidden} characters are
   * escaped.
   *
   * @param value its {@code toString} is the text
   * @return the text
   */
  public static String printable(Object value) {
    StringBuilder text = new StringBuilder();
    value
        .toString()
        .codePoints()
        .forEach(
            c -> {
              if (isHidden(c)) {
                text.append(escape(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.toString();
  }

  /**
   * A message, truncated: nobody reads a line of a megabyte.
   *
   * @param text the message
   * @return its beginning and its end
   */
  public static String truncate(String text) {
    if (text.length() <= LONGEST_MESSAGE) {
      return text;
    }
    int half = (LONGEST_MESSAGE - CUT.length()) / 2;
    return text.substring(0, half) + CUT + text.substring(text.length() - half);
  }

  /**
   * Whether a character is invisible or changes the text around it: control characters, line
   * separators, marks of the writing direction, and surrogates that stand for a byte that is not
   * UTF-8.
   *
   * @param c a code point
   * @return true if it must be escaped
   */
  public static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  /**
   * A character as an escape sequence of Java.
   *
   * @param c a code point
   * @return its escape sequence
   */
  public static String escape(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format(Locale.ROOT, "\\u%04x", c);
    };
  }

  /**
   * A number of bytes, exactly and, where it helps, roughly.
   *
   * @param count the number
   * @return such as "8192 bytes (8.0 KiB)"
   */
  public static String bytes(long count) {
    String exact = count(count, "byte");
    return count < UNIT ? exact : exact + " (" + size(count) + ")";
  }

  /**
   * A number of bytes, roughly.
   *
   * @param count the number
   * @return such as "8.0 KiB"
   */
  public static String size(long count) {
    if (count < UNIT) {
      return count(count, "byte");
    }
    double scaled = count;
    int unit = -1;
    while (scaled >= UNIT) {
      scaled /= UNIT;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", scaled, UNITS[unit]);
  }

  /**
   * A number of things.
   *
   * @param count the number
   * @param noun the thing
   * @return such as "1 bad block" or "2 bad blocks"
   */
  public static String count(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
