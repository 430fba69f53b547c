package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A bad sector past the end of a file, in the file's last page: no byte is lost, a read fails. */
class UnreadableTailTest {
  @Test
  void theLastPageIsReportedAsUnreadable() throws IOException {
    Path directory = FakePmem.newDirectory("tail");
    FakePmem pmem = FakePmem.create(directory);
    Path file = Files.write(directory.resolve("file"), new byte[8192 + 100]);
    pmem.spoil(file, 8192 + 1024);
    RangeSet tail = RangeSet.of(new ByteRange(8192, 100));

    BadBlockReport report = pmem.scan(file);
    assertEquals(Verdict.BAD, report.verdict());
    assertEquals(RangeSet.empty(), report.lost());
    assertEquals(tail, report.unreadable());
    try (DamagedFile damaged = DamagedFile.open(file, pmem.scanned())) {
      assertEquals(tail, damaged.unreadable());
    }
  }
}
