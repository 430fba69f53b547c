package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubStateTest {
  @ParameterizedTest
  @CsvSource({"0, 0, false", "0+, 0, true", "7, 7, false", "1+, 1, true", "10, 10, false"})
  void whatTheKernelWrites(String text, int ended, boolean running) {
    assertEquals(Optional.of(new ScrubState(ended, running)), ScrubState.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "+", "-1", "01", "1 +", "1++", "+1", "1\n", "one", "9999999999"})
  void whatItDoesNot(String text) {
    assertEquals(Optional.empty(), ScrubState.parse(text));
  }
}
