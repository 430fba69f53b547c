package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ScriptedNdctl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class Pmem2BadBlocksTest {
  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @Test
  void nextReturnsWhatIsBadAndStaysAtTheEnd() throws IOException {
    Path file = ndctl.file("file", 16);
    ndctl.bad(file, 2 * PAGE, PAGE).bad(file, 7 * PAGE + 512, 512);
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(Optional.of(new ByteRange(2 * PAGE, PAGE)), badBlocks.next());
      assertEquals(Optional.of(new ByteRange(7 * PAGE, PAGE)), badBlocks.next());
      assertEquals(Optional.empty(), badBlocks.next());
      assertEquals(Optional.empty(), badBlocks.next());
      assertEquals(List.of(), badBlocks.remaining());
      assertTrue(badBlocks.deviceMatched());
    }
  }

  @Test
  void aHealthyFileHasADeviceAndNoBadBlocks() throws IOException {
    Path file = ndctl.file("file", 4);
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertTrue(badBlocks.deviceMatched());
      assertEquals(Optional.empty(), badBlocks.next());
      assertTrue(badBlocks.deviceMatched());
    }
  }

  @Test
  void aFileOnNoDeviceDiffersFromAHealthyOne() throws IOException {
    Path file = ndctl.file("file", 4);
    ndctl.noDevice();
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(Optional.empty(), badBlocks.next());
      assertFalse(badBlocks.deviceMatched());
      assertEquals(List.of(), badBlocks.remaining());
      assertFalse(badBlocks.deviceMatched());
    }
  }

  /** libpmem2 leaves its message as it is at an end that needs none: it is an earlier one's. */
  @Test
  void theMessageOfAnEarlierContextDoesNotHideTheDevice() throws IOException {
    Path file = ndctl.file("file", 4);
    ndctl.noDevice();
    try (Pmem2BadBlocks unmatched = Pmem2BadBlocks.open(file)) {
      assertFalse(unmatched.deviceMatched());
      ndctl.fsdax();
      try (Pmem2BadBlocks matched = Pmem2BadBlocks.open(file)) {
        assertTrue(matched.deviceMatched());
      }
    }
  }

  @Test
  void remainingReadsMoreThanOneBatchInOrder() throws IOException {
    int count = 600; // a batch is 256
    Path file = ndctl.file("file", 2 * count);
    List<ByteRange> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ndctl.bad(file, 2L * i * PAGE, PAGE);
      expected.add(new ByteRange(2L * i * PAGE, PAGE));
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(expected, badBlocks.remaining());
      assertEquals(List.of(), badBlocks.remaining());
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      List<ByteRange> found = new ArrayList<>();
      for (Optional<ByteRange> block; (block = badBlocks.next()).isPresent(); ) {
        found.add(block.get());
      }
      assertEquals(expected, found);
    }
  }

  @Test
  void exactlyABatchIsNotTooMany() throws IOException {
    int count = 256;
    Path file = ndctl.file("file", 2 * count);
    for (int i = 0; i < count; i++) {
      ndctl.bad(file, 2L * i * PAGE, PAGE);
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(count, badBlocks.remaining().size());
    }
  }

  @Test
  void nextAndRemainingShareTheCursor() throws IOException {
    Path file = ndctl.file("file", 16);
    for (int page = 1; page < 16; page += 2) {
      ndctl.bad(file, page * PAGE, PAGE);
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertTrue(badBlocks.deviceMatched()); // reads ahead
      assertEquals(Optional.of(new ByteRange(PAGE, PAGE)), badBlocks.next());
      assertEquals(Optional.of(new ByteRange(3 * PAGE, PAGE)), badBlocks.next());
      List<ByteRange> rest = badBlocks.remaining();
      assertEquals(6, rest.size());
      assertEquals(new ByteRange(5 * PAGE, PAGE), rest.get(0));
      assertEquals(new ByteRange(15 * PAGE, PAGE), rest.get(5));
      assertEquals(Optional.empty(), badBlocks.next());
    }
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertTrue(badBlocks.deviceMatched());
      assertEquals(8, badBlocks.remaining().size());
    }
  }
}
