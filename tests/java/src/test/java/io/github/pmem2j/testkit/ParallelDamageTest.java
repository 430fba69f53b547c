package io.github.pmem2j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
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
        BadBlockRepair.of(file)
            .run((range, to) -> to.put(content, (int) range.offset(), (int) range.length()));
      }
      BadBlockReport repaired = scan(file);
      assertEquals(Verdict.CLEAN, repaired.verdict(), repaired::toString);
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }

  /** Scans until the other threads leave the list alone that the files share. */
  private static BadBlockReport scan(Path file) throws IOException {
    BadBlockReport report;
    do {
      report = BadBlockScanner.scan(file);
    } while (report.reasons().stream()
        .anyMatch(reason -> reason.code() == IncompleteReason.Code.CHANGING));
    return report;
  }
}
