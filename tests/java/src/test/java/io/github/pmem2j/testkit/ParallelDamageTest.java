package io.github.pmem2j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Threads that damage and repair files of their own do not disturb each other. */
@ExtendWith(PmemExtension.class)
class ParallelDamageTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 10;
  private static final int SECTORS = 128;
  private static final int MAX_ATTEMPTS = 1000;

  @Test
  void inOneDirectory(SimulatedPmem pmem) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int seed = i;
        futures.add(
            threads.submit(
                () -> {
                  damageAndRepair(pmem, seed);
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void damageAndRepair(SimulatedPmem pmem, int seed) throws Exception {
    Random random = new Random(seed);
    byte[] content = new byte[SECTORS * 512];
    random.nextBytes(content);
    Path file = Files.write(pmem.directory().resolve("file" + seed), content);
    for (int i = 0; i < ROUNDS; i++) {
      ByteRange lost = new ByteRange(random.nextInt(SECTORS) * 512L, 512);
      pmem.damage(file, lost.offset(), lost.length());
      BadBlockReport report = scan(file);
      assertEquals(RangeSet.of(lost), report.lost(), report::toString);
      if (random.nextBoolean()) {
        pmem.heal(file);
      } else {
        repair(file, content);
      }
      BadBlockReport repaired = scan(file);
      assertEquals(Verdict.CLEAN, repaired.verdict(), repaired::toString);
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }

  /** Repairs until the other threads leave the list alone that the files share. */
  private static void repair(Path file, byte[] content) throws IOException {
    RangeRestorer restorer =
        (range, to) -> to.put(content, (int) range.offset(), (int) range.length());
    RepairResult result = BadBlockRepair.of(file).run(restorer);
    for (int i = 0; !result.finished() && i < MAX_ATTEMPTS; i++) {
      result = BadBlockRepair.of(file).run(restorer);
    }
    assertTrue(result.finished(), result::toString);
  }

  /**
   * Scans likewise. A list that differs at each of a scan's passes is the one thing that it may not
   * be certain of.
   */
  private static BadBlockReport scan(Path file) throws IOException {
    BadBlockReport report = BadBlockScanner.scan(file);
    for (int i = 0; !report.complete() && i < MAX_ATTEMPTS; i++) {
      for (IncompleteReason reason : report.reasons()) {
        assertEquals(IncompleteReason.Code.CHANGING, reason.code(), report::toString);
      }
      report = BadBlockScanner.scan(file);
    }
    assertTrue(report.complete(), report::toString);
    return report;
  }
}
