package io.github.pmem2j.repair;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.scan.FileScan;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an interrupted repair has left is reported, and the next repair continues with it. */
class InterruptedRepairTest extends RepairTestCase {
  @Test
  void goesOnAfterTheFileWasRenamed() throws IOException {
    interrupt(null);
    Path renamed = file.resolveSibling("renamed");
    Files.move(file, renamed);
    file = renamed;
    assertEquals(List.of(new ByteRange(5 * PAGE, PAGE)), unfinished());
    assertEquals(List.of(Outcome.RESTORED), outcomes(repair()));
    assertWhole();
  }

  /** The reader takes what an interrupted repair has zeroed for lost, and so does the scanner. */
  @Test
  void reportsWhatAnInterruptedRepairHasZeroed() throws IOException {
    interrupt(null);
    ByteRange page = new ByteRange(5 * PAGE, PAGE);
    BadBlockReport report = pmem.scan(file);
    assertEquals(Verdict.BAD, report.verdict());
    assertEquals(BadRange.Kind.ZEROED, report.badRanges().get(0).kind());
    assertEquals(List.of(page), unfinished());
    BadBlockScanner scanner = new BadBlockScanner(pmem.host());
    assertEquals(report.badRanges(), scanner.scanFile(file, page).badRanges());
    assertEquals(Verdict.CLEAN, scanner.scanFile(file, new ByteRange(0, 5 * PAGE)).verdict());
    try (DamagedFile damaged = DamagedFile.open(file, pmem.scanned())) {
      ByteBuffer all = ByteBuffer.allocate(content.length + 1);
      assertEquals(new ReadResult(content.length, RangeSet.of(page)), damaged.read(0, all));
    }
    Path copy = file.resolveSibling("copy");
    assertEquals(RangeSet.of(page), Salvage.of(file, copy).run().lost());
    // Under another name it is still known, and without its journal it is not clean.
    Path journal = file.resolveSibling(".file.pmem2j-repair");
    Path moved = file.resolveSibling("moved");
    Files.move(file, moved);
    assertEquals(Verdict.BAD, pmem.scan(moved).verdict());
    Path hidden = file.resolveSibling("hidden");
    Files.move(journal, hidden);
    assertEquals(Verdict.UNKNOWN, pmem.scan(moved).verdict());
    assertThrows(IOException.class, () -> DamagedFile.open(moved, pmem.scanned()).close());
    assertThrows(IOException.class, () -> Salvage.of(moved, copy).run());
    assertThrows(IOException.class, () -> RangeRestorer.from(moved).check(replica, content.length));
    Files.move(hidden, journal);
    Files.move(moved, file);
    // A damaged journal is refused by the repair, and the file is not clean.
    byte[] text = Files.readAllBytes(journal);
    byte[] damaged = text.clone();
    damaged[text.length / 2] ^= 1;
    Files.write(journal, damaged);
    assertThrows(RepairJournalException.class, this::repair);
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    // A torn last line is what a power cut leaves.
    for (String torn : new String[] {"restored 0 *", "rest\0\0\0\0\0\0 *12345678\n"}) {
      Files.write(journal, (new String(text, UTF_8) + torn).getBytes(UTF_8));
      assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    }
    // More than a line is not: what is missing may have been done.
    Files.write(journal, Arrays.copyOf(text, text.length + 1000));
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    // One that was changed is not: what it announced may have been done.
    damaged = text.clone();
    damaged[text.length - 12] ^= 1;
    Files.write(journal, damaged);
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    Files.write(journal, text);
    assertTrue(repair().finished());
    assertWhole();
  }

  /** The most important test: killed after any step, no page is silently zeros. */
  @Test
  @Tag("slow")
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // a JVM for each step
  void survivesAKillBehindEveryStep() throws IOException {
    int count = 1;
    for (boolean killed = true; killed; count++) {
      Files.deleteIfExists(file);
      write(file);
      pmem.setBad(List.of());
      pmem.spoil(file, 3 * PAGE + 512, 9 * PAGE, 20 * PAGE + 600); // one batch
      ChildJvm.Result child =
          new ChildJvm()
              .options("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
              .run(
                  KilledRepair.class.getName(),
                  file.getParent().toString(),
                  file.toString(),
                  replica.toString(),
                  String.valueOf(count));
      killed = child.exit() == 137;
      String when = "killed behind step " + count + " of\n" + child.output();
      assertTrue(killed || child.exit() == 0, when);
      if (killed) {
        assertNoSilentZeros(when);
        assertTrue(repair().finished(), when);
      }
      assertWhole();
    }
    assertTrue(count > 25, "only " + count + " steps");
  }

  private static RangeSet zeroed(BadBlockReport report) {
    return RangeSet.copyOf(
        report.badRanges().stream()
            .filter(bad -> bad.kind() == BadRange.Kind.ZEROED)
            .map(BadRange::range)
            .toList());
  }

  private void assertNoSilentZeros(String when) throws IOException {
    BadBlockReport report = pmem.scan(file);
    byte[] now = Files.readAllBytes(file);
    assertEquals(content.length, now.length, when);
    for (int from = 0; from < content.length; from += PAGE) {
      int to = Math.min(from + PAGE, content.length);
      if (!Arrays.equals(content, from, to, now, from, to)) {
        assertTrue(report.intersects(from, to - from), "page at " + from + " " + when + report);
        assertEquals(
            RangeSet.of(ByteRange.between(from, to)),
            zeroed(report).intersect(ByteRange.between(from, to)),
            when);
      }
    }
  }

  /** A scan answers for the file that is open: neither of these two is clean, so no mixture is. */
  @Test
  void aFileThatIsRenamedOverWhileItIsScannedIsNotMixedWithTheOther() throws IOException {
    Path order = file;
    pmem.spoil(order, 5 * PAGE);
    RepairRun cut = walk(cutAfter(RepairStep.CLEARING_SYNCED));
    assertThrows(IllegalStateException.class, () -> cut.run(RangeRestorer.from(replica)));
    clearAll();
    Path other = Files.write(file.resolveSibling("other"), content);
    pmem.spoil(other, 2 * PAGE);
    FileScan scan = new FileScan(pmem.host());
    try (Descriptor pending = Descriptor.openPath(order);
        Descriptor bad = Descriptor.openPath(other)) {
      Files.move(order, file.resolveSibling("moved"));
      Files.move(other, order);
      Files.move(file.resolveSibling("moved"), other);
      BadRange zeroed = scan.scan(pending).badRanges().get(0);
      assertEquals(BadRange.Kind.ZEROED, zeroed.kind());
      BadRange data = scan.scan(bad).badRanges().get(0);
      assertEquals(BadRange.Kind.DATA, data.kind());
      assertEquals(1, scan.scan(bad).badRanges().size());
    }
  }
}
