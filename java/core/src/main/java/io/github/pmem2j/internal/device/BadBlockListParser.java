package io.github.pmem2j.internal.device;

import io.github.pmem2j.BadRange;
import java.nio.charset.StandardCharsets;

/**
 * Parses the kernel's list of bad blocks: lines {@code SECTOR COUNT}, in sectors of 512 bytes
 * ({@code badblocks_show} of the kernel's block/badblocks.c writes it). Anything else is malformed.
 *
 * <p>The kernel's table ends at 512 ranges, and its text at one page, where it may break off within
 * a line. Ranges left out of a full table stay out when others are cleared later, so a list that is
 * merely near a bound counts as incomplete, too.
 */
public final class BadBlockListParser {
  /** Size of a buffer for a list: no kernel writes more. */
  public static final int CAPACITY = 64 * 1024 + 1;

  private static final int RANGES_NEAR_BOUND = 512 - 16;
  private static final int TEXT_BOUND = 4096 - 1;
  private static final int TEXT_NEAR_BOUND = TEXT_BOUND - 128;
  private static final long MAX_SECTOR = Long.MAX_VALUE / BadRange.SECTOR_SIZE;

  /** The text is not a list. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  private final byte[] text;
  private final int length;
  private int at;
  private int ranges;
  private final BadSectors.Builder sectors = new BadSectors.Builder();

  private BadBlockListParser(byte[] text, int length) {
    this.text = text;
    this.length = length;
  }

  /**
   * What a list says.
   *
   * @param sectors relative to the start of the device
   * @param nearBound whether there may be more than the kernel listed
   */
  public record Content(BadSectors sectors, boolean nearBound) {
    static final Content EMPTY = new Content(BadSectors.NONE, false);
  }

  /**
   * Reads a list.
   *
   * @param device the name of the device that it is of
   */
  public static Content parse(byte[] text, int length, String device) throws MalformedException {
    if (length == 0) {
      return Content.EMPTY;
    }
    return new BadBlockListParser(text, length).parse(device);
  }

  private Content parse(String device) throws MalformedException {
    if (length >= CAPACITY) {
      throw new MalformedException("longer than any list that the kernel writes");
    }
    while (at < length) {
      line(device);
    }
    return new Content(sectors.build(), ranges >= RANGES_NEAR_BOUND || length >= TEXT_NEAR_BOUND);
  }

  private void line(String device) throws MalformedException {
    int begin = at;
    long sector = number(begin);
    if (at < length && text[at] == ' ') {
      at++;
      long count = number(begin);
      if (at == length && length >= TEXT_BOUND && count == 0) {
        return;
      }
      if (at < length ? text[at] == '\n' : length >= TEXT_BOUND) {
        at++;
        if (count == 0 || sector > MAX_SECTOR - count) {
          throw malformed(begin);
        }
        ranges++;
        sectors.add(sector, sector + count, device, sector);
        return;
      }
    }
    // The page ends within a line; a truncated count is too small, never too large.
    if (at < length || length < TEXT_BOUND) {
      throw malformed(begin);
    }
  }

  /** A decimal number without a sign; none at all only where the page ends. */
  private long number(int line) throws MalformedException {
    int begin = at;
    long number = 0;
    while (at < length && text[at] >= '0' && text[at] <= '9') {
      int digit = text[at++] - '0';
      if (number > (MAX_SECTOR - digit) / 10) {
        throw malformed(line);
      }
      number = number * 10 + digit;
    }
    if (at == begin && at < length) {
      throw malformed(line);
    }
    return number;
  }

  private MalformedException malformed(int line) {
    int shown = Math.min(length - line, 40);
    String bytes = new String(text, line, shown, StandardCharsets.ISO_8859_1);
    return new MalformedException(
        "byte " + line + " begins no line of the form SECTOR COUNT: " + quoted(bytes));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c >= ' ' && c < 0x7f) {
        quoted.append(c);
      } else {
        quoted.append(String.format("\\%03o", (int) c));
      }
    }
    return quoted.append('"').toString();
  }
}
