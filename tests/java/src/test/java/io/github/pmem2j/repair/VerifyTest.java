package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
      assertEquals(new ReadResult(SIZE, RangeSet.empty()), reader.verify());
      assertEquals(Optional.of(ReadMethod.DIRECT), reader.verifiedBy());
    }
  }

  /** A tebibyte with three pages of data: three reads of a page each, and one at the end. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reading it takes an hour
  void readsTheDataOfASparseFileAlone() throws IOException {
    Path sparse = file.resolveSibling("sparse");
    long size = 1L << 40;
    long middle = size / 2;
    long page = 4096;
    try (RandomAccessFile open = new RandomAccessFile(sparse.toFile(), "rw")) {
      open.setLength(size);
      for (long at : new long[] {0, middle, middle + 2 * page}) {
        open.seek(at);
        open.write(new byte[(int) page]);
      }
      open.getFD().sync(); // else each direct read waits for that
    }
    try (SalvageReader reader = SalvageReader.open(sparse)) {
      List<Long> reached = new ArrayList<>();
      long read = 0;
      for (int round = 0; round < 2; round++) { // the first also reads classes
        reached.clear();
        long before = bytesRead();
        assertEquals(
            new ReadResult(size, RangeSet.empty()),
            reader.verify(0, progress -> reached.add(progress.done())));
        read = bytesRead() - before;
      }
      assertEquals(List.of(page, middle + page, middle + 3 * page, size), reached);
      assertTrue(3 * page <= read && read < 4 * page, read + " bytes");
      assertEquals(Optional.of(ReadMethod.DIRECT), reader.verifiedBy());
    }
  }

  /** What the system calls of this thread have read. */
  private static long bytesRead() throws IOException {
    String counters = Files.readString(Path.of("/proc/thread-self/io"));
    return Long.parseLong(counters.lines().findFirst().orElseThrow().replace("rchar: ", ""));
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
          new ReadResult(SIZE - 100, RangeSet.empty()),
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
