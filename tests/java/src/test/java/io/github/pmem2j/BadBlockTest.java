package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadBlockTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "8192, 4096", "0, 9223372036854775807", "9223372036854775806, 1"})
  void ranges(long offset, long length) {
    assertEquals(offset + length, new BadBlock(offset, length).end());
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1",
    "0, 0",
    "0, -1",
    "1, 9223372036854775807",
    "9223372036854775807, 1",
    "-9223372036854775808, 9223372036854775807"
  })
  void otherNumbersAreRefusedByName(long offset, long length) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> new BadBlock(offset, length))
            .getMessage();
    assertTrue(message.contains("offset " + offset + ", length " + length), message);
  }

  @Test
  void equalRangesAreEqual() {
    assertEquals(new BadBlock(512, 512), new BadBlock(512, 512));
    assertEquals("BadBlock[offset=512, length=1024]", new BadBlock(512, 1024).toString());
  }
}
