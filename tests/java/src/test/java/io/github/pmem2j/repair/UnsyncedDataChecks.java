package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Run by {@link RepairVerificationTest} with a library that fails to sync what is restored. */
class UnsyncedDataChecks extends RepairTestCase {
  @Test
  void whatIsNotSyncedIsLost() throws IOException {
    pmem.spoil(file, 5 * PAGE, 9 * PAGE);
    RepairResult result = repair();
    assertEquals(List.of(Outcome.FAILED, Outcome.FAILED), outcomes(result), result::toString);
    String message = result.ranges().get(0).message();
    assertTrue(message.startsWith("it was not restored: ") && message.contains("fsync"), message);
    pmem.setBad(List.of());
    assertEquals(
        List.of(BadRange.Kind.ZEROED, BadRange.Kind.ZEROED),
        pmem.scan(file).badRanges().stream().map(BadRange::kind).toList());
    assertEquals(
        List.of(new ByteRange(5 * PAGE, PAGE), new ByteRange(9 * PAGE, PAGE)), unfinished());
  }
}
