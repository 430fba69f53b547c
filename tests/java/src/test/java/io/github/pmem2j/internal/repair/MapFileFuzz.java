package io.github.pmem2j.internal.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.pmem2j.scan.Range;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A mapfile is refused, or every byte is what its line says; marks are kept byte by byte; and what
 * is written is what is read. The input is one byte, which is the size, and a mapfile; or m, the
 * size, and marks.
 */
public final class MapFileFuzz {
  private MapFileFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws MapFile.MalformedException {
    if (input.length < 2) {
      return;
    }
    int size = input[1] & 0xff;
    if (input[0] == 'm') {
      marks(input, size);
    } else {
      text(new String(input, 2, input.length - 2, StandardCharsets.UTF_8), size);
    }
  }

  private static void marks(byte[] input, int size) throws MapFile.MalformedException {
    MapFile map = new MapFile(size);
    char[] expected = new char[size];
    Arrays.fill(expected, MapFile.NOT_TRIED);
    for (int i = 2; i + 2 < input.length; i += 3) {
      int from = Math.min(input[i] & 0xff, size);
      int length = Math.min(input[i + 1] & 0xff, size - from);
      char mark = "+-?".charAt((input[i + 2] & 0xff) % 3);
      map.mark(from, length, mark);
      Arrays.fill(expected, from, from + length, mark);
    }
    assertEquals(new String(expected), bytes(map, size));
    assertEquals(new String(expected), bytes(MapFile.parse(map.text(0), size), size));
  }

  private static void text(String text, int size) {
    MapFile map;
    try {
      map = MapFile.parse(text, size);
    } catch (MapFile.MalformedException e) {
      assertFalse(e.getMessage().isEmpty());
      return;
    }
    char[] expected = new char[size];
    Arrays.fill(expected, MapFile.NOT_TRIED);
    boolean first = true;
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (!first) {
        for (long at = Long.decode(words[0]); at < size; at++) {
          if (at - Long.decode(words[0]) < Long.decode(words[1])) {
            // What two lines speak of was not for certain finished.
            boolean free = expected[(int) at] == MapFile.NOT_TRIED;
            expected[(int) at] = free ? words[2].charAt(0) : '*';
          }
        }
        assertEquals(3, words.length, line);
        assertEquals(1, words[2].length(), line);
      }
      first = false;
    }
    assertEquals(new String(expected).replaceAll("[*/]", "?"), bytes(map, size));
  }

  private static String bytes(MapFile map, int size) {
    char[] bytes = new char[size];
    for (char mark : new char[] {MapFile.FINISHED, MapFile.LOST, MapFile.NOT_TRIED}) {
      for (Range range : map.all(mark)) {
        Arrays.fill(bytes, (int) range.offset(), (int) range.end(), mark);
      }
    }
    return new String(bytes);
  }
}
