package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.testkit.PmemExtension;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is lost is a hole in the copy. */
@ExtendWith(PmemExtension.class)
class SalvageOfDamageTest {
  private static final int PAGE = 4096;

  /** What an earlier run copied there may be older than the rest. */
  @Test
  void aRestartLeavesNoOldBytesWhereTheSourceIsLost(SimulatedPmem pmem) throws IOException {
    byte[] content = new byte[8 * PAGE];
    new Random(5).nextBytes(content);
    Path file = Files.write(pmem.directory().resolve("file"), content);
    Path copy = pmem.directory().resolve("copy");
    assertEquals(RangeSet.empty(), Salvage.of(file, copy).run().lost());
    assertArrayEquals(content, Files.readAllBytes(copy));
    pmem.damage(file, 2 * PAGE + 512, 512);
    RangeSet lost = RangeSet.of(new ByteRange(2 * PAGE, PAGE));
    assertEquals(lost, Salvage.of(file, copy).withRestart().run().lost());
    Arrays.fill(content, 2 * PAGE, 3 * PAGE, (byte) 0);
    assertArrayEquals(content, Files.readAllBytes(copy));
  }
}
