package io.github.pmem2j.repair;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;

/**
 * Reads the lines of a mapfile as GNU ddrescue does: leading blanks, empty lines and comments of
 * any length and content are skipped, and no more than {@value #MAX_LINE} bytes of a line count.
 */
final class SalvageMapReader {
  private static final int MAX_LINE = 127;

  /** The maximum length of a comment that is kept. */
  private static final int MAX_COMMENT = 4096;

  private static final int END = -1;

  private final InputStream input;
  private final SalvageMap.CommentHandler comments;
  private final StringBuilder line = new StringBuilder();
  private int last = '\n';
  private int number = 1;
  private int at;

  SalvageMapReader(InputStream input, SalvageMap.CommentHandler comments) {
    this.input = input;
    this.comments = comments;
  }

  /** Goes to the next line with content; false at the end. */
  boolean next() throws IOException {
    if (line.length() > 0) {
      number++;
    }
    line.setLength(0);
    at = 0;
    while (last != '\n' && last != END) {
      last = input.read(); // a line that is too long is skipped only after it was parsed
    }
    last = skipBlanksAndComments();
    while (last != '\n' && last != END && line.length() < MAX_LINE) {
      line.append((char) last);
      last = input.read();
    }
    return line.length() > 0;
  }

  private int skipBlanksAndComments() throws IOException {
    while (true) {
      int c = input.read();
      if (c == '\n') {
        number++;
      } else if (c == '#') {
        comment();
      } else if (!isBlank(c)) {
        return c;
      }
    }
  }

  private void comment() throws IOException {
    StringBuilder text = new StringBuilder();
    int c = input.read();
    for (; c != '\n' && c != END; c = input.read()) {
      if (text.length() < MAX_COMMENT) {
        text.append((char) c);
      }
    }
    number++;
    comments.comment(text.toString());
  }

  private static boolean isBlank(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private void skipBlanks() {
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
  }

  /** The next character that is not blank, as scanf(3)'s {@code " %c"} reads it. */
  char character() throws SalvageMap.MalformedException {
    skipBlanks();
    if (at == line.length()) {
      throw malformed();
    }
    return line.charAt(at++);
  }

  /** Whether a number in decimal follows, as {@code %d} reads it. */
  boolean hasDecimal() {
    skipBlanks();
    int digit = at;
    if (digit < line.length() && (line.charAt(digit) == '-' || line.charAt(digit) == '+')) {
      digit++;
    }
    return digit < line.length() && Character.digit(line.charAt(digit), 10) >= 0;
  }

  /** The next number, in decimal, as {@code %d} reads it. */
  int decimal() throws SalvageMap.MalformedException {
    return (int) digits(sign(), 10);
  }

  /** The next number, not negative, as {@code %lli} reads it: a larger one is the largest. */
  long number() throws SalvageMap.MalformedException {
    skipBlanks();
    boolean negative = sign();
    int base = 10;
    if (at < line.length() && line.charAt(at) == '0') {
      base = 8;
      if (at + 1 < line.length() && (line.charAt(at + 1) | 0x20) == 'x') {
        base = 16;
        at += 2;
        if (at == line.length() || Character.digit(line.charAt(at), base) < 0) {
          return 0;
        }
      }
    }
    long value = digits(negative, base);
    if (value < 0) {
      throw malformed();
    }
    return value;
  }

  private boolean sign() {
    boolean negative = at < line.length() && line.charAt(at) == '-';
    if (negative || (at < line.length() && line.charAt(at) == '+')) {
      at++;
    }
    return negative;
  }

  private long digits(boolean negative, int base) throws SalvageMap.MalformedException {
    int begin = at;
    while (at < line.length()
        && line.charAt(at) < 0x80
        && Character.digit(line.charAt(at), base) >= 0) {
      at++;
    }
    if (at == begin) {
      throw malformed();
    }
    BigInteger value = new BigInteger(line.substring(begin, at), base);
    value = negative ? value.negate() : value;
    if (value.bitLength() < Long.SIZE) {
      return value.longValue();
    }
    return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  SalvageMap.MalformedException malformed() {
    return new SalvageMap.MalformedException("line " + number + ": " + line);
  }
}
