package io.github.pmem2j.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run by {@link LargePagesTest}, where blocks, and therefore pages, have 64 KiB. */
class LargePagesChecks {
  private static final ByteRange PAGE = new ByteRange(65536, 65536);

  @TempDir Path directory;

  @Test
  void aScanOfARangeConsidersItsWholePages() throws IOException {
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      Path file = Files.write(directory.resolve("file"), new byte[3 * 65536]);
      pmem.damage(file, PAGE.offset() + 8192, 512);
      for (ByteRange range : new ByteRange[] {PAGE, new ByteRange(PAGE.end() - 1, 1)}) {
        BadBlockReport report = BadBlockScanner.scan(file, range);
        assertEquals(RangeSet.of(PAGE), report.unreadable());
      }
      BadBlockReport beside = BadBlockScanner.scan(file, new ByteRange(PAGE.end(), 4096));
      assertEquals(Verdict.CLEAN, beside.verdict());
    }
  }
}
