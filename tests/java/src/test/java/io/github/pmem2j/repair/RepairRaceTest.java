package io.github.pmem2j.repair;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers beside a repair that changes what they read, between two of their steps. */
class RepairRaceTest {
  /** Names the file that has the preloaded library end a repair. */
  static final String ORDER = "PMEM2J_REPAIR_ENDS";

  @TempDir private Path temporary;

  @Test
  void aRepairThatEndsBetweenMarkAndJournal() throws IOException {
    new ChildJvm()
        .env(ChildJvm.preloading("librepair_ends.so"))
        .env(ORDER, temporary.resolve("order").toString())
        .tests(EndingRepairChecks.class);
  }
}
