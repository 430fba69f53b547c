package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class Pmem2ErrorTest {
  private static final Path HEADER = Path.of("/usr/include/libpmem2/base.h");
  private static final Pattern CODE =
      Pattern.compile("(?m)^#define\\s+(PMEM2_E_\\w+)\\s+\\((-\\d+)\\)");

  /** The codes of the installed header, by name. */
  public static Map<String, Integer> header() throws IOException {
    Map<String, Integer> codes = new HashMap<>();
    for (MatchResult match : CODE.matcher(Files.readString(HEADER)).results().toList()) {
      codes.put(match.group(1), Integer.parseInt(match.group(2)));
    }
    return codes;
  }

  @Test
  void theConstantsAreTheHeaders() throws IOException {
    Map<String, Integer> ours = new HashMap<>();
    for (Pmem2Error error : Pmem2Error.values()) {
      ours.put(error.name(), error.code());
      if (error.code() != 0) {
        assertEquals(error, Pmem2Error.of(error.code()));
      }
    }
    assertEquals(0, ours.remove("ERRNO"));
    assertEquals(0, ours.remove("UNKNOWN"));
    assertTrue(ours.size() >= 37, ours.toString());
    assertEquals(header(), ours);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, -2, -13, -95, -133, -4095})
  void negatedErrnoValues(int code) {
    assertEquals(Pmem2Error.ERRNO, Pmem2Error.of(code));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, -4096, -99_999, -100_002, -100_038, -200_000, 5, Integer.MIN_VALUE})
  void othersAreUnknown(int code) {
    assertEquals(Pmem2Error.UNKNOWN, Pmem2Error.of(code));
  }
}
