package io.github.pmem2j.libpmem2;

import static io.github.pmem2j.ScriptedNdctl.PAGE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ScriptedNdctl;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clearing could zero what a repair has restored since the kernel was queried. */
class ClearUnderRepairTest {
  @RegisterExtension final ScriptedNdctl ndctl = new ScriptedNdctl();

  @Test
  void aFileUnderRepairIsNotCleared() throws IOException {
    Path file = ndctl.file("file", 16);
    ByteRange page = new ByteRange(3 * PAGE, PAGE);
    ndctl.bad(file, page.offset(), page.length());
    byte[] content = ScriptedNdctl.content(16);
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(file)) {
      assertEquals(List.of(page), badBlocks.remaining());
      try (Descriptor repaired = Descriptor.open(file, Descriptor.Mode.READ)) {
        assertTrue(FileIo.tryLock(repaired));
        IOException e = assertThrows(IOException.class, () -> badBlocks.clear(page));
        assertTrue(e.getMessage().contains("is repairing it"), e.getMessage());
        assertArrayEquals(content, Files.readAllBytes(file));
      }
      badBlocks.clear(page);
      Arrays.fill(content, 3 * PAGE, 4 * PAGE, (byte) 0);
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }
}
