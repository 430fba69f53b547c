package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Repairs whose journal is on a file system of its own, which fails: is full, gives EIO, lets
 * nobody write, or lies. The file has one page to be overwritten in place, and a last one that must
 * be replaced.
 */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class RepairJournalStorageTest {
  /** A file system after an error of its own: read-only to Linux 6.1, an error to 6.12. */
  private static final String GIVEN_UP = "Input/output error|EIO|EROFS|Read-only file system";

  private static final int MANY = 45;
  private static final int PAGES = 6;
  private static final int IN_PLACE = 2;
  private static final int LAST = PAGES - 1;
  private static final int SIZE = LAST * Sectors.PAGE + 700;

  private Namespace disk;
  private JournalDisk journals;
  private Path file;
  private Path replica;
  private byte[] content;

  /** Where the pages to be repaired were, and which sector of each is lost. */
  private Sectors inPlace;

  private Sectors last;

  @BeforeEach
  void damage(Machine machine) throws IOException {
    disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    TestFile whole = TestFile.create(mount.resolve("file"), PAGES);
    file = whole.path();
    content = Arrays.copyOf(whole.content(), SIZE);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(SIZE);
      channel.force(true);
    }
    replica = Files.write(Files.createTempFile("replica", ""), content);
    journals = new JournalDisk(machine, machine.disks().get(1).device());
    inPlace = new Sectors(FileExtent.page(file, IN_PLACE).first() + 1, 1);
    last = new Sectors(FileExtent.page(file, LAST).first(), 1);
    disk.inject(inPlace, last);
  }

  /**
   * Whatever else it does, the repair may go on without a word only if nothing is left to write.
   */
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

  /** Of the steps that are alike to the journal, one. */
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
      assertToldWhatToDo(GIVEN_UP, walk);
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
    assertToldWhatToDo("fsync failed: EIO", walk);
    assertUntouched();
    // The file system works on; of the journal it has nothing but what it remembers.
    Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "1");
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file);
    assertEquals(
        List.of(IncompleteReason.Code.REPAIR_JOURNAL),
        report.reasons().stream().map(IncompleteReason::code).toList());
    String message = report.reasons().get(0).message();
    assertTrue(message.startsWith(journals.files().get(0) + ": it cannot be read"), message);
    assertToldWhatToDo("Input/output error", walk(SteppedRepair.Hook.NONE));
    assertUntouched();
    journals.healDevice();
    assertGoesOnAndEndsWhole();
  }

  @Test
  void theDeviceDropsWhatIsWritten() throws IOException {
    boolean[] failed = new boolean[1];
    SteppedRepair walk = walk(once("PLANNED", failed, journals::dropWrites));
    assertToldWhatToDo("does not read back as written", walk);
    assertUntouched();
    journals.heal();
    assertGoesOnAndEndsWhole();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void thereIsNoRoomForAJournal(int blocks) throws IOException {
    journals.fill(blocks);
    assertToldWhatToDo("ENOSPC|No space left on device", walk(SteppedRepair.Hook.NONE));
    assertUntouched();
    assertEquals(List.of(), journals.files().stream().filter(f -> !isFill(f)).toList());
    journals.makeRoom();
    assertGoesOnAndEndsWhole();
  }

  private static boolean isFill(Path path) {
    return path.getFileName().toString().startsWith("fill");
  }

  /** So many lines are added that they go beyond the block in which those before them end. */
  @Test
  void aJournalOnceMadeHasAllTheRoomThatItNeeds() throws IOException {
    TestFile many = TestFile.create(file.resolveSibling("many"), 2 * MANY);
    file = many.path();
    content = many.content();
    Files.write(replica, content);
    for (int page = 0; page < 2 * MANY; page += 2) {
      disk.inject(new Sectors(FileExtent.page(file, page).first(), Sectors.PER_PAGE));
    }
    boolean[] failed = new boolean[1];
    SteppedRepair walk = walk(once("MARKED", failed, () -> journals.fill(0)));
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
    journals.fill(0);
    assertToldWhatToDo("ENOSPC|No space left on device", walk(SteppedRepair.Hook.NONE));
    assertNothingSilent("interrupted");
    assertClearedOnlyWhatIsAnnounced();
    journals.makeRoom();
    assertGoesOnAndEndsWhole();
  }

  // What they have in common

  private SteppedRepair walk(SteppedRepair.Hook hook) {
    return new SteppedRepair(
        file, journals.directory(), BadBlockScanner.trustingLists()::scanFile, hook);
  }

  private static SteppedRepair.Hook once(String step, boolean[] done, Runnable fault) {
    return now -> {
      if (now.equals(step) && !done[0]) {
        done[0] = true;
        fault.run();
      }
    };
  }

  /** The error names the journal, what failed, and what to do. */
  private void assertToldWhatToDo(String error, SteppedRepair walk) {
    RepairJournalException e =
        assertThrows(RepairJournalException.class, () -> walk.run(RangeRestorer.from(replica)));
    System.out.println(e.getMessage());
    assertEquals(journals.directory(), e.journal().getParent());
    assertTrue(e.getMessage().startsWith(e.journal() + ": it cannot be "), e.getMessage());
    assertTrue(
        e.getMessage().matches("(?s).*\\(.*(" + error + ").*\\), .*: (give|make|provide) .*"),
        e.getMessage());
  }

  /** Every page has its bytes, or the scanner says that it is lost, or that it cannot tell. */
  private void assertNothingSilent(String when) throws IOException {
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file);
    boolean unknown =
        report.reasons().stream().anyMatch(r -> r.code() == IncompleteReason.Code.REPAIR_JOURNAL);
    TestFile now = new TestFile(file, content);
    for (int page = 0; page < PAGES; page++) {
      if (!isWhole(now, page) && !unknown) {
        assertTrue(
            report.intersects((long) page * Sectors.PAGE, Sectors.PAGE),
            "silent, " + when + ": page " + page + ": " + report);
      }
    }
    assertTrue(report.complete() || unknown, report::toString);
  }

  private boolean isWhole(TestFile now, int page) {
    try {
      return Arrays.equals(now.page(page), now.read(page));
    } catch (IOException e) {
      return false; // EIO
    }
  }

  /** A page that is not as and where it was is in the journal on the medium, or is whole. */
  private void assertClearedOnlyWhatIsAnnounced() throws IOException {
    String journal = journals.files().isEmpty() ? "" : Files.readString(journals.files().get(0));
    TestFile now = new TestFile(file, content);
    int page = IN_PLACE;
    for (Sectors bad : List.of(inPlace, last)) {
      if (isTouched(page, bad) && !isWhole(now, page)) {
        String at = " at=%d\\+".formatted((long) page * Sectors.PAGE);
        // Of two units one line may be "clearing 0-1".
        String announced = "(?s).*range (\\d)" + at + ".*\nclearing (0-1|\\1) .*";
        assertTrue(journal.matches(announced), "not announced: page " + page + "\n" + journal);
      }
      page = LAST;
    }
  }

  private boolean isTouched(int page, Sectors bad) {
    boolean listed = disk.badBlocks().stream().anyMatch(list -> list.contains(bad));
    return !listed
        || FileExtent.of(file).stream()
            .noneMatch(e -> e.physical() <= bad.first() && bad.first() < e.physical() + e.count())
        || FileExtent.page(file, page).first() > bad.first();
  }

  private void assertUntouched() {
    assertEquals(false, isTouched(IN_PLACE, inPlace));
    assertEquals(false, isTouched(LAST, last));
  }

  private void assertGoesOnAndEndsWhole() throws IOException {
    RepairResult result =
        BadBlockRepair.of(file)
            .withJournalIn(journals.directory())
            .run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    assertWhole();
    assertEquals(List.of(), journals.files());
  }

  private void assertWhole() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(file));
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file);
    assertEquals(Verdict.CLEAN, report.verdict(), report::toString);
  }
}
