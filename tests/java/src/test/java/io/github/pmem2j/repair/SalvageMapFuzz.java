package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A mapfile is refused by its line, or what is written of it is read as the same; marks are kept
 * byte by byte. The input is a letter, the size, and a mapfile; or m, the size, and marks.
 */
public final class SalvageMapFuzz {
  private SalvageMapFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws SalvageMap.MalformedException {
    if (input.length < 2) {
      return;
    }
    int size = input[1] & 0xff;
    if (input[0] == 'm') {
      marks(input, size);
    } else {
      text(new String(input, 2, input.length - 2, StandardCharsets.ISO_8859_1), size);
    }
  }

  private static void marks(byte[] input, int size) throws SalvageMap.MalformedException {
    SalvageMap map = new SalvageMap(size);
    char[] expected = new char[size];
    Arrays.fill(expected, SalvageMap.NOT_TRIED);
    for (int i = 2; i + 2 < input.length; i += 3) {
      int from = Math.min(input[i] & 0xff, size);
      int length = Math.min(input[i + 1] & 0xff, size - from);
      char mark = "+-?".charAt((input[i + 2] & 0xff) % 3);
      map.mark(from, length, mark);
      Arrays.fill(expected, from, from + length, mark);
    }
    assertEquals(new String(expected), bytes(map, size));
    assertEquals(new String(expected), bytes(SalvageMap.parse(map.text(0)), size));
  }

  private static void text(String text, int size) throws SalvageMap.MalformedException {
    SalvageMap map;
    try {
      map = SalvageMap.parse(text);
    } catch (SalvageMap.MalformedException e) {
      assertTrue(e.getMessage().startsWith("line "), e.getMessage());
      return;
    }
    SalvageMap again = SalvageMap.parse(map.text(0));
    assertEquals(map.end(), again.end());
    assertEquals(bytes(map, size), bytes(again, size));
    assertEquals(map.source().toString(), again.source().toString());
    assertEquals(map.target().toString(), again.target().toString());
  }

  private static String bytes(SalvageMap map, int size) {
    char[] bytes = new char[size];
    for (char mark : new char[] {SalvageMap.FINISHED, SalvageMap.LOST, SalvageMap.NOT_TRIED}) {
      for (ByteRange range : map.all(mark)) {
        if (range.offset() < size) {
          Arrays.fill(bytes, (int) range.offset(), (int) Math.min(range.end(), size), mark);
        }
      }
    }
    return new String(bytes);
  }
}
