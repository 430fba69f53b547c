package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What answers the reads of a verification; that the medium does is shown where it is damaged. */
class VerifyTest {
  private static final int SIZE = 3 * 4096 + 100;

  private final RepairDisk pmem;
  private final Path file;

  VerifyTest() throws IOException {
    Path root = FakeDisk.newDirectory("verify");
    pmem = RepairDisk.create(root);
    file = Files.write(root.resolve("file"), new byte[SIZE]);
  }

  @Test
  void readsPastThePageCache() throws IOException {
    try (SalvageReader reader = SalvageReader.open(file)) {
      assertEquals(Optional.empty(), reader.verifiedBy());
      assertEquals(new SalvageResult(SIZE, RangeSet.empty()), reader.verify());
      assertEquals(Optional.of(ReadMethod.DIRECT), reader.verifiedBy());
    }
  }

  /** The page cache may have what the medium has lost. */
  @Test
  void otherReadsMeanwhileUseThePageCache() throws IOException {
    try (SalvageReader reader = SalvageReader.open(file)) {
      List<Long> read = new ArrayList<>();
      reader.verify(
          0,
          progress -> {
            try {
              read.add(reader.read(100, ByteBuffer.allocate(50)).length());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertEquals(List.of(50L), read);
      // A direct read cannot begin at byte 100.
      assertEquals(Optional.of(ReadMethod.DIRECT), reader.verifiedBy());
    }
  }

  @Test
  void saysWhereItCannot() throws IOException {
    try (SalvageReader reader = SalvageReader.open(file)) {
      assertEquals(
          new SalvageResult(SIZE - 100, RangeSet.empty()),
          reader.verify(100, ProgressListener.none()));
      assertEquals(Optional.of(ReadMethod.CACHE), reader.verifiedBy());
    }
  }

  @Test
  void aFileThatIsAccessedDirectlyHasNoCache() throws IOException {
    try (SalvageReader reader = SalvageReader.open(file, pmem.scanned())) {
      assertEquals(SIZE, reader.verify().length());
      assertEquals(Optional.of(ReadMethod.DAX), reader.verifiedBy());
    }
  }
}
