package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadBlockListTest {
  private static final int CUT = 4095;

  private static BadBlockListParser.Content parse(String text)
      throws BadBlockListParser.MalformedException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return BadBlockListParser.parse(bytes, bytes.length, "pmem0");
  }

  private static List<String> ranges(BadBlockListParser.Content content) {
    List<String> ranges = new ArrayList<>();
    BadSectors sectors = content.sectors();
    for (int i = 0; i < sectors.count(); i++) {
      ranges.add(sectors.start(i) + "-" + sectors.end(i));
    }
    return ranges;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|''",
        "8 1;|8-9",
        "8 1;16 4;|8-9,16-20",
        "0 1;|0-1",
        "8 8;16 8;|8-24",
        "16 4;8 1;|8-9,16-20",
        "8 8;12 8;|8-20",
        "18014398509481982 1;|18014398509481982-18014398509481983",
      })
  void whatTheKernelWrites(String text, String expected)
      throws BadBlockListParser.MalformedException {
    BadBlockListParser.Content content = parse(text.replace(';', '\n'));
    assertEquals(expected, String.join(",", ranges(content)));
    assertFalse(content.nearBound());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        " ",
        "8\n",
        "8 \n",
        "8 1",
        "8 1 \n",
        " 8 1\n",
        "8  1\n",
        "8 0\n",
        "-8 1\n",
        "8 -1\n",
        "+8 1\n",
        "8 1\n\n",
        "8 1\r\n",
        "8\t1\n",
        "0x8 1\n",
        "8 1 2\n",
        "8,1\n",
        "none\n",
        "8 1\n8",
        "18014398509481983 1\n",
        "99999999999999999999999 1\n",
        "8 18446744073709551615\n",
        "8 18014398509481983\n",
        "8 1\u0000",
        "\u0000",
        "8 1\n\u00ff"
      })
  void anythingElseIsMalformed(String text) {
    assertThrows(BadBlockListParser.MalformedException.class, () -> parse(text));
  }

  @Test
  void aTableThatIsAlmostFullIsNearItsBound() throws BadBlockListParser.MalformedException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 495; i++) {
      text.append(2 * i).append(" 1\n");
    }
    assertFalse(parse(text.toString()).nearBound());
    assertTrue(parse(text + "5000 1\n").nearBound());
  }

  /** The kernel cuts its text behind 4095 bytes, wherever that is. */
  @Test
  void aTextThatIsCutAnywhere() throws BadBlockListParser.MalformedException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < CUT + 100; i++) {
      text.append(4_000_000_000_000L + 100 * i).append(' ').append(20).append('\n');
    }
    int line = text.indexOf("\n") + 1;
    for (int shift = 0; shift < line; shift++) {
      // A first line of another length moves the place of the cut.
      String cut = (shift == 0 ? "" : "1" + "0".repeat(shift) + " 1\n") + text;
      cut = cut.substring(0, CUT);
      BadBlockListParser.Content content = parse(cut);
      assertTrue(content.nearBound());
      int whole = (int) cut.chars().filter(c -> c == '\n').count();
      int more = content.sectors().count() - whole;
      assertTrue(more == 0 || more == 1, "at shift " + shift);
      String last = cut.substring(cut.lastIndexOf('\n') + 1);
      assertEquals(last.matches("\\d+ \\d+") ? 1 : 0, more, last);
    }
  }

  @Test
  void aTextThatIsShorterThanThePageIsNotCut() {
    String text = "8 1\n".repeat(1000);
    assertThrows(BadBlockListParser.MalformedException.class, () -> parse(text + "16"));
  }

  @Test
  void aTextLongerThanAnyOfTheKernels() {
    byte[] text = "8 1\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
    assertThrows(
        BadBlockListParser.MalformedException.class,
        () -> BadBlockListParser.parse(text, BadBlockListParser.CAPACITY, "pmem0"));
  }
}
