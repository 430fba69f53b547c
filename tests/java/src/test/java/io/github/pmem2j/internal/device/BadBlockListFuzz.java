package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Any text is read as the list that it is by a regular expression, or refused. */
public final class BadBlockListFuzz {
  private static final Pattern LINE = Pattern.compile("([0-9]+) ([0-9]+)");
  private static final Pattern CUT = Pattern.compile("[0-9]+ ?");
  private static final int PAGE = 4095;
  private static final BigInteger SECTORS = BigInteger.valueOf(Long.MAX_VALUE / 512);

  private BadBlockListFuzz() {}

  public static void fuzzerTestOneInput(byte[] text) {
    BadBlockListParser.Content content;
    try {
      content = BadBlockListParser.parse(text, text.length, "pmem0");
    } catch (BadBlockListParser.MalformedException e) {
      assertFalse(wellFormed(text), e.getMessage());
      return;
    }
    assertEquals(expected(text), actual(content.sectors()));
    boolean bad = !content.sectors().isEmpty();
    assertTrue(bad || content.nearBound() || text.length == 0, "no bad sector");
    assertTrue(content.nearBound() || text.length < PAGE && lines(text).length < 512, "complete");
  }

  private static String[] lines(byte[] text) {
    String all = new String(text, StandardCharsets.ISO_8859_1);
    return all.isEmpty() ? new String[0] : all.split("(?<=\n)");
  }

  /** What must not be refused: whole lines of small numbers. */
  private static boolean wellFormed(byte[] text) {
    for (String line : lines(text)) {
      if (!line.matches("[0-9]{1,9} [1-9][0-9]{0,8}\n")) {
        return false;
      }
    }
    return text.length < BadBlockListParser.CAPACITY;
  }

  private static Map<BigInteger, BigInteger> expected(byte[] text) {
    TreeMap<BigInteger, BigInteger> ranges = new TreeMap<>();
    for (String line : lines(text)) {
      boolean whole = line.endsWith("\n");
      assertTrue(whole || text.length >= PAGE, "cut short of the page's end: " + line);
      Matcher matcher = LINE.matcher(line.strip());
      if (matcher.matches() && (whole || new BigInteger(matcher.group(2)).signum() > 0)) {
        assertEquals(line.strip() + (whole ? "\n" : ""), line);
        BigInteger start = new BigInteger(matcher.group(1));
        BigInteger end = start.add(new BigInteger(matcher.group(2)));
        assertTrue(end.compareTo(start) > 0 && end.compareTo(SECTORS) <= 0, line);
        ranges.merge(start, end, BigInteger::max);
      } else {
        assertTrue(!whole && (matcher.matches() || CUT.matcher(line).matches()), line);
      }
    }
    return joined(ranges);
  }

  private static Map<BigInteger, BigInteger> actual(BadSectors sectors) {
    TreeMap<BigInteger, BigInteger> ranges = new TreeMap<>();
    for (int i = 0; i < sectors.count(); i++) {
      ranges.put(BigInteger.valueOf(sectors.start(i)), BigInteger.valueOf(sectors.end(i)));
      assertEquals(sectors.start(i), sectors.origin(i));
    }
    return joined(ranges);
  }

  private static Map<BigInteger, BigInteger> joined(TreeMap<BigInteger, BigInteger> ranges) {
    TreeMap<BigInteger, BigInteger> joined = new TreeMap<>();
    ranges.forEach(
        (start, end) -> {
          Map.Entry<BigInteger, BigInteger> last = joined.lastEntry();
          if (last != null && last.getValue().compareTo(start) >= 0) {
            last = joined.pollLastEntry();
            joined.put(last.getKey(), last.getValue().max(end));
          } else {
            joined.put(start, end);
          }
        });
    return joined;
  }
}
