package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs whose journal is on a file system that is full, gives EIO, is read-only, or lies. */
@Tag("stock")
class RepairJournalStorageTest extends JournalScenario {
  /** A file system after an error of its own: read-only to Linux 6.1, an error to 6.12. */
  private static final String GIVEN_UP = "Input/output error|EIO|EROFS|Read-only file system";

  private static final int MANY = 45;

  /** The repair may continue silently only if nothing is left to write. */
  @ParameterizedTest
  @MethodSource("stepsThatDiffer")
  void theDeviceFailsBehindAStep(String step) throws IOException {
    failsBehind(step, journals::failAll);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLANNED", "CLEARING_WRITTEN", "VERIFIED"})
  void theFileSystemBecomesReadOnlyBehindAStep(String step) throws IOException {
    failsBehind(step, journals::becomeReadOnly);
  }

  /** One of each kind of step, as far as the journal is concerned. */
  static List<String> stepsThatDiffer() {
    List<String> steps = new ArrayList<>(SteppedRepair.steps());
    steps.removeAll(
        List.of(
            "CLEARED",
            "KEPT_SYNCED",
            "SCANNED",
            "JOURNAL_SYNCED",
            "BYTES_FETCHED",
            "ALLOCATED",
            "RESTORED",
            "SYNCED"));
    return steps;
  }

  private void failsBehind(String step, Runnable fault) throws IOException {
    boolean[] failed = new boolean[1];
    SteppedRepair walk = walk(once(step, failed, fault));
    if (step.equals("FORGOTTEN")) {
      assertTrue(walk.run(RangeRestorer.from(replica)).finished());
    } else {
      assertSaysWhatToDo(GIVEN_UP, walk);
    }
    assertTrue(failed[0], "it never came to " + step);
    assertNothingSilent("while the device fails");
    journals.heal();
    assertNothingSilent("of what is on the medium");
    assertClearedOnlyWhatIsAnnounced();
    assertGoesOnAndEndsWhole();
  }

  @Test
  void theMediaBelowTheJournalFails() throws IOException {
    boolean[] failed = new boolean[1];
    SteppedRepair walk = walk(once("MARKED", failed, () -> journals.fail(journals.files().get(0))));
    assertSaysWhatToDo("fsync failed: EIO", walk);
    assertUntouched();
    // The file system works on; of the journal it has nothing but what it remembers.
    Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "1");
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file);
    assertEquals(
        List.of(IncompleteReason.Code.REPAIR_JOURNAL),
        report.reasons().stream().map(IncompleteReason::code).toList());
    String message = report.reasons().get(0).message();
    assertTrue(message.startsWith(journals.files().get(0) + ": it cannot be read"), message);
    assertSaysWhatToDo("Input/output error", walk(SteppedRepair.Hook.NONE));
    assertUntouched();
    journals.healDevice();
    assertGoesOnAndEndsWhole();
  }

  @Test
  void theDeviceDropsWhatIsWritten() throws IOException {
    boolean[] failed = new boolean[1];
    SteppedRepair walk = walk(once("PLANNED", failed, journals::dropWrites));
    assertSaysWhatToDo("does not read back as written", walk);
    assertUntouched();
    journals.heal();
    assertGoesOnAndEndsWhole();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void noSpaceForAJournal(int blocks) throws IOException {
    journals.space().fill(blocks);
    assertSaysWhatToDo("ENOSPC|No space left on device", walk(SteppedRepair.Hook.NONE));
    assertUntouched();
    assertEquals(List.of(), otherFiles());
    journals.space().release();
    assertGoesOnAndEndsWhole();
  }

  private List<Path> otherFiles() {
    List<Path> files = new ArrayList<>(journals.files());
    files.removeAll(journals.space().files());
    return files;
  }

  /** Adds so many lines that they need another block. */
  @Test
  void aJournalReservesItsSpaceWhenCreated() throws IOException {
    TestFile many = TestFile.create(file.resolveSibling("many"), 2 * MANY);
    file = many.path();
    content = many.content();
    Files.write(replica, content);
    for (int page = 0; page < 2 * MANY; page += 2) {
      disk.inject(new Sectors(FileExtent.page(file, page).first(), Sectors.PER_PAGE));
    }
    boolean[] failed = new boolean[1];
    SteppedRepair walk = walk(once("MARKED", failed, () -> journals.space().fill(0)));
    assertTrue(walk.run(RangeRestorer.from(replica)).finished());
    assertTrue(failed[0]);
    assertWhole();
  }

  @Test
  void anInterruptedRepairFindsItsJournalsStorageFull() throws IOException {
    boolean[] failed = new boolean[1];
    SteppedRepair cut =
        walk(
            once(
                "ALLOCATED",
                failed,
                () -> {
                  throw new IllegalStateException("cut");
                }));
    assertThrows(IllegalStateException.class, () -> cut.run(RangeRestorer.from(replica)));
    journals.space().fill(0);
    assertSaysWhatToDo("ENOSPC|No space left on device", walk(SteppedRepair.Hook.NONE));
    assertNothingSilent("interrupted");
    assertClearedOnlyWhatIsAnnounced();
    journals.space().release();
    assertGoesOnAndEndsWhole();
  }
}
