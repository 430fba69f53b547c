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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A repair whose journal is on a file system of its own. The file has one page to be overwritten in
 * place, and a last one that must be replaced.
 */
@ExtendWith(MachineExtension.class)
abstract class JournalScenario {
  static final int PAGES = 6;
  static final int IN_PLACE = 2;
  static final int LAST = PAGES - 1;
  static final int SIZE = LAST * Sectors.PAGE + 700;

  Namespace disk;
  JournalDisk journals;
  Path file;
  Path replica;
  byte[] content;

  /** Where the pages to be repaired were, and which sector of each is lost. */
  Sectors inPlace;

  Sectors last;

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

  SteppedRepair walk(SteppedRepair.Hook hook) {
    return new SteppedRepair(
        file, journals.directory(), BadBlockScanner.trustingLists()::scanFile, hook);
  }

  static SteppedRepair.Hook once(String step, boolean[] done, Runnable fault) {
    return now -> {
      if (now.equals(step) && !done[0]) {
        done[0] = true;
        fault.run();
      }
    };
  }

  /** The error names the journal, what failed, and what to do. */
  void assertSaysWhatToDo(String error, SteppedRepair walk) {
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
  void assertNothingSilent(String when) throws IOException {
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

  boolean isWhole(TestFile now, int page) {
    try {
      return Arrays.equals(now.page(page), now.read(page));
    } catch (IOException e) {
      return false; // EIO
    }
  }

  /** A page that is not as and where it was is in the journal on the medium, or is whole. */
  void assertClearedOnlyWhatIsAnnounced() throws IOException {
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

  boolean isTouched(int page, Sectors bad) {
    boolean listed = disk.badBlocks().stream().anyMatch(list -> list.contains(bad));
    return !listed
        || FileExtent.of(file).stream()
            .noneMatch(e -> e.physical() <= bad.first() && bad.first() < e.physical() + e.count())
        || FileExtent.page(file, page).first() > bad.first();
  }

  void assertUntouched() {
    assertEquals(false, isTouched(IN_PLACE, inPlace));
    assertEquals(false, isTouched(LAST, last));
  }

  void assertGoesOnAndEndsWhole() throws IOException {
    RepairResult result =
        BadBlockRepair.of(file)
            .withJournalIn(journals.directory())
            .run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    assertWhole();
    assertEquals(List.of(), journals.files());
  }

  void assertWhole() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(file));
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(file);
    assertEquals(Verdict.CLEAN, report.verdict(), report::toString);
  }
}
