package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.PmemExtension;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A bad sector past the end of a file, in the file's last page: no byte is lost, a read fails. */
@ExtendWith(PmemExtension.class)
class UnreadableTailTest {
  @Test
  void theLastPageIsReportedAsUnreadable(SimulatedPmem pmem) throws IOException {
    Path file = Files.write(pmem.directory().resolve("file"), new byte[8192 + 100]);
    pmem.damage(file, 8192 + 1024, 512);
    RangeSet tail = RangeSet.of(new ByteRange(8192, 100));

    BadBlockReport report = BadBlockScanner.scan(file);
    assertEquals(Verdict.BAD, report.verdict());
    assertEquals(RangeSet.empty(), report.lost());
    assertEquals(tail, report.unreadable());
    try (SalvageReader reader = SalvageReader.open(file)) {
      assertEquals(tail, reader.unreadable());
    }
  }
}
