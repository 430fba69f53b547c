package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** Run by {@link RepairMeanwhileTest} with a library without fallocate(2), as without extents. */
class NoAllocationChecks extends RepairTestCase {
  @Test
  void whatIsAddedAfterAnInterruptedRepairIsKept() throws IOException {
    pmem.spoil(file, 20 * PAGE);
    RepairRun cut = walk(cutAfter(RepairStep.SYNCED));
    assertThrows(IllegalStateException.class, () -> cut.run(RangeRestorer.from(replica)));
    clearAll();
    byte[] added = "added".getBytes(StandardCharsets.US_ASCII);
    Files.write(file, added, StandardOpenOption.APPEND);
    Files.write(replica, added, StandardOpenOption.APPEND);
    assertTrue(repair().finished());
    assertArrayEquals(Files.readAllBytes(replica), Files.readAllBytes(file));
  }
}
