package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.libpmem2.ContextErrorsTest.EXAMPLES;
import static io.github.pmem2j.libpmem2.ContextErrorsTest.openFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.Pmem2Error;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Run by {@link DaxDevice#tests}. The device is a namespace of 1 GiB at {@link #ADDRESS}. */
class DaxDeviceChecks {
  private static final Path DEVICE = DaxDevice.PATH;
  private static final long ADDRESS = 0x100200000L;
  private static final ByteRange FIRST = new ByteRange(8 * 512, 4096);
  private static final ByteRange SECOND = new ByteRange(900 * 512, 4096);

  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  private void example(String name) throws IOException {
    ndctl.script(Files.readString(EXAMPLES.resolve(name + ".script")));
  }

  private static String clearLine(long offset, long length) {
    return "clear_error address 0x%x length %d cleared %d\n"
        .formatted(ADDRESS + offset, length, length);
  }

  @Test
  void itIsListed() throws IOException {
    example("devdax");
    try (Pmem2Source source = Pmem2Source.open(DEVICE);
        Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
      assertEquals(List.of(FIRST, SECOND), badBlocks.remaining());
      assertTrue(badBlocks.deviceMatched());
      assertEquals(1 << 30, source.size());
      assertEquals(4096, source.alignment());
      assertEquals("8089-a2-1837-0000001", source.deviceId());
      assertEquals(3, source.deviceUnsafeShutdownCount());
    }
  }

  @Test
  void itIsCleared() throws IOException {
    example("devdax");
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(DEVICE)) {
      assertEquals(Optional.of(FIRST), badBlocks.next());
      badBlocks.clear(FIRST);
      assertTrue(ndctl.log().contains(clearLine(FIRST.offset(), 4096)), ndctl.log());
      badBlocks.clear(FIRST); // is left alone, as the one line below shows
      assertThrows(IllegalArgumentException.class, () -> badBlocks.clear(SECOND)); // not yet read
      assertEquals(List.of(SECOND), badBlocks.remaining());
    }
    assertEquals(1, ndctl.log().split("clear_error", -1).length - 1);
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(DEVICE)) {
      assertEquals(List.of(SECOND), badBlocks.remaining());
    }
  }

  @Test
  void partsAreSectors() throws IOException {
    example("devdax");
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(DEVICE)) {
      assertEquals(List.of(FIRST, SECOND), badBlocks.remaining());
      for (ByteRange wrong :
          List.of(
              new ByteRange(FIRST.offset() + 1, 512),
              new ByteRange(FIRST.offset(), 511),
              new ByteRange(FIRST.offset() - 512, 512),
              new ByteRange(FIRST.offset(), 4608))) {
        assertThrows(IllegalArgumentException.class, () -> badBlocks.clear(wrong));
      }
      assertFalse(ndctl.log().contains("clear_error"), ndctl.log());
      badBlocks.clear(new ByteRange(FIRST.offset() + 512, 1024));
      assertTrue(ndctl.log().contains(clearLine(FIRST.offset() + 512, 1024)), ndctl.log());
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(DEVICE)) {
      assertEquals(
          List.of(
              new ByteRange(FIRST.offset(), 512),
              new ByteRange(FIRST.offset() + 1536, 4096 - 1536),
              SECOND),
          badBlocks.remaining());
    }
  }

  /** Another process cleared it: the device is queried again, and nothing is cleared. */
  @Test
  void whatIsNoLongerBadIsNotCleared() throws IOException {
    example("devdax");
    try (Pmem2BadBlocks stale = Pmem2BadBlocks.open(DEVICE);
        Pmem2BadBlocks other = Pmem2BadBlocks.open(DEVICE)) {
      stale.remaining();
      other.remaining();
      other.clear(FIRST);
      String log = ndctl.log();
      assertThrows(NotBadException.class, () -> stale.clear(FIRST));
      assertEquals(count(log, "clear_error"), count(ndctl.log(), "clear_error"));
    }
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  private Pmem2Exception clearFails(String script) throws IOException {
    example("devdax");
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(DEVICE)) {
      badBlocks.remaining();
      ndctl.add(script);
      Pmem2Exception e = assertThrows(Pmem2Exception.class, () -> badBlocks.clear(FIRST));
      assertEquals("pmem2_badblock_clear", e.operation());
      assertEquals(Optional.of(DEVICE), e.path());
      // Unknown is what it holds now, so it may be tried again.
      example("devdax");
      Files.delete(ndctl.directory().resolve("log"));
      badBlocks.clear(FIRST);
      assertTrue(ndctl.log().contains(clearLine(FIRST.offset(), 4096)), ndctl.log());
      Files.delete(ndctl.directory().resolve("log"));
      return e;
    }
  }

  @Test
  void failuresOfTheCommands() throws IOException {
    assertEquals("ENOTTY", clearFails("fail ndctl_bus_cmd_new_ars_cap ENOTTY").errnoName());
    assertEquals("ENOTTY", clearFails("fail submit_ars_cap ENOTTY").errnoName());
    assertEquals("EINVAL", clearFails("fail ndctl_cmd_ars_cap_get_range EINVAL").errnoName());
    assertEquals("EIO", clearFails("fail submit_clear_error EIO").errnoName());
    assertEquals("ENXIO", clearFails("short-clear 2048").errnoName());
  }

  @Test
  void errorsOfOpening() throws IOException {
    example("devdax-no-region");
    assertEquals(Pmem2Error.PMEM2_E_DAX_REGION_NOT_FOUND, openFails(DEVICE).error());
    example("devdax-unreadable");
    assertEquals(Pmem2Error.PMEM2_E_CANNOT_READ_BOUNDS, openFails(DEVICE).error());
    ndctl.script("bus b\nregion 0\nnamespace devdax dev no-such-device size 1G");
    assertEquals("ENOENT", openFails(DEVICE).errnoName()); // realpath(3)
    ndctl.script(
        "bus b\nregion 0\nnamespace devdax dev zero size 1G\n"
            + "fail ndctl_region_get_resource EACCES");
    assertEquals("EACCES", openFails(DEVICE).errnoName());
  }

  /** Where libpmem2 would crash the process, it is not called. */
  @Test
  void anUnmatchedDeviceIsNeverCleared() throws IOException {
    ndctl.script("bus b\nregion 0\nnamespace devdax dev null size 1G");
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(DEVICE)) {
      assertFalse(badBlocks.deviceMatched());
      assertThrows(IllegalStateException.class, () -> badBlocks.clear(new ByteRange(0, 4096)));
    }
  }
}
