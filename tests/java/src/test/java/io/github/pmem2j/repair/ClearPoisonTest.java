package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which poison of a file is cleared in place: here that fails, for there is no device. */
class ClearPoisonTest {
  private static final ByteRange BLOCK = new ByteRange(4096, 4096);

  @TempDir Path directory;

  private boolean clear(BadBlockReport.Builder report) throws IOException {
    Path path = Files.write(directory.resolve("file"), new byte[8192]);
    ScannedHost.Scanner scanner =
        new ScannedHost.Scanner() {
          @Override
          public BadBlockReport scan(Descriptor file) {
            throw new AssertionError();
          }

          @Override
          public BadBlockReport scan(Descriptor open, ByteRange range) {
            throw new AssertionError("not asked");
          }

          @Override
          public BadBlockReport listed(Descriptor file, RangeSet ranges) {
            return report
                .source(new ErrorSource("pmem9", ErrorSource.Kind.DEVICE_LIST, 0, false))
                .build(path, 8192);
          }
        };
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      return new ScannedHost(Host.local().withSys(directory), scanner, open -> null)
          .clearPoison(file, List.of(BLOCK));
    }
  }

  private static BadRange bad(boolean shared) {
    return BadRange.of(new ByteRange(4096, 512), BLOCK, BadRange.Kind.DATA)
        .withShared(shared)
        .withOrigin("pmem9", 8);
  }

  @Test
  void ofBlocksOfItsOwn() {
    assertThrows(NoSuchFileException.class, () -> clear(BadBlockReport.builder().bad(bad(false))));
  }

  @Test
  void notOfSharedBlocks() throws IOException {
    assertTrue(clear(BadBlockReport.builder().bad(bad(true))));
  }

  @Test
  void notOfAFileThatMoves() {
    IncompleteReason moving = new IncompleteReason(IncompleteReason.Code.CHANGING, "moving");
    IOException e =
        assertThrows(
            IOException.class,
            () -> clear(BadBlockReport.builder().bad(bad(false)).incomplete(moving)));
    assertTrue(e.getMessage().contains("is being moved"), e.getMessage());
  }
}
