package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Run by {@link RepairJournalTest} with a library that fails to sync each marked file. */
class FailingSyncChecks extends RepairTestCase {
  /** An attribute without a journal would say that ranges may be zeros. */
  @Test
  void theAttributeDoesNotOutliveTheJournal() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    IOException e = assertThrows(IOException.class, this::repair);
    assertTrue(e.getMessage().contains("fsync"), e.getMessage());
    assertUntouched();
    try (Descriptor open = Descriptor.openPath(file)) {
      assertEquals(0, FileIo.repairMark(open).length);
    }
    try (var left = Files.list(file.getParent())) {
      assertEquals(0, left.filter(path -> path.toString().contains("pmem2j-")).count());
    }
  }
}
