package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.Deadline;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.SimulatedPmem;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedRepairTest {
  @TempDir Path directory;

  /** Nothing is cleared by the run that finishes the repair, so the kernel notifies of nothing. */
  @Test
  void theStatusIsThatAfterTheRepair() throws IOException {
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      Path file = Files.write(directory.resolve("file"), new byte[4 * 4096]);
      pmem.damage(file, 4096, 512);
      cutWhenCleared(file);
      try (BadBlockWatch watch = BadBlockWatch.open(file, change -> {})) {
        assertEquals(Map.of(file, Verdict.BAD), watch.status().verdicts());
        assertEquals(0, watch.status().badRanges());
        BadBlockRepair.of(file).run(RangeRestorer.zeros());
        awaitClean(watch, file);
      }
    }
  }

  /** The list does not change: the bad blocks go back to the file system. */
  @Test
  void aBadFileIsRemovedAndAnotherReplaced() throws IOException {
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      Path removed = Files.write(directory.resolve("removed"), new byte[4096]);
      Path replaced = Files.write(directory.resolve("replaced"), new byte[4096]);
      Path good = Files.write(directory.resolve("good"), new byte[4096]);
      pmem.damage(removed, 0, 512);
      pmem.damage(replaced, 0, 512);
      try (BadBlockWatch watch = BadBlockWatch.open(directory, change -> {})) {
        Files.delete(removed);
        Files.move(good, replaced, StandardCopyOption.REPLACE_EXISTING);
        awaitClean(watch, directory);
        Path copy = Files.write(directory.resolve("copy"), new byte[4096]);
        pmem.damage(copy, 0, 512);
        Deadline.until(
            () -> watch.status().verdicts().equals(Map.of(directory, Verdict.BAD)),
            () -> {},
            () -> watch.status().toString());
        Files.delete(copy);
        awaitClean(watch, directory);
      }
    }
  }

  private static void awaitClean(BadBlockWatch watch, Path path) {
    Deadline.until(
        () -> watch.status().verdicts().equals(Map.of(path, Verdict.CLEAN)),
        () -> {},
        () -> watch.status().toString());
  }

  private static void cutWhenCleared(Path file) {
    RepairStep.Hook hook =
        step -> {
          if (step == RepairStep.VERIFIED) {
            throw new AssertionError("cut");
          }
        };
    RepairRun run = new RepairRun(file, null, false, ScannedHost.of(file), hook);
    assertThrows(AssertionError.class, () -> run.run(RangeRestorer.zeros()));
  }
}
