package io.github.pmem2j.repair;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.scan.FileScan;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Repairs of real files whose disk is said to be bad; what was bad can still be read here. */
class BadBlockRepairTest {
  private static final int PAGE = 4096;

  private RepairDisk pmem;
  private Path file;
  private Path replica;
  private byte[] content;

  @BeforeEach
  void make() throws IOException {
    Path root = FakeDisk.newDirectory("repair");
    pmem = RepairDisk.create(root);
    file = root.resolve("file");
    replica = root.resolve("replica");
    content = new byte[20 * PAGE + 1000];
    new Random(4).nextBytes(content);
    write(file);
    write(replica);
  }

  private void write(Path path) throws IOException {
    Files.write(path, content);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private RepairRun walk(RepairStep.Hook hook) {
    RepairStep.Hook finding = pmem.findingGoodBlocks(file);
    RepairStep.Hook both =
        step -> {
          finding.after(step);
          hook.after(step);
        };
    return new RepairRun(file, null, false, pmem.scanned(), both);
  }

  private RepairResult repair() throws IOException {
    return walk(RepairStep.Hook.NONE).run(RangeRestorer.from(replica));
  }

  /** A repair in which something happens behind each such step. */
  private RepairResult repair(RepairStep behind, Runnable event) throws IOException {
    return walk(step -> {
          if (step == behind) {
            event.run();
          }
        })
        .run(RangeRestorer.from(replica));
  }

  private static List<Outcome> outcomes(RepairResult result) {
    return result.ranges().stream().map(RepairedRange::outcome).toList();
  }

  private void assertWhole() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.CLEAN, pmem.scan(file).verdict(), () -> scan(file).toString());
    try (var siblings = Files.list(file.getParent())) {
      assertEquals(0, siblings.filter(path -> path.toString().contains("pmem2j-repair")).count());
    }
  }

  private BadBlockReport scan(Path path) {
    try {
      return pmem.scan(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void restoresEachKindOfRange() throws IOException {
    pmem.spoil(file, 0, 3 * PAGE + 512, 3 * PAGE + 1536, 4 * PAGE, 20 * PAGE + 600);
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    RepairResult result = repair();
    assertEquals(List.of(Outcome.RESTORED, Outcome.RESTORED, Outcome.RESTORED), outcomes(result));
    assertEquals(new ByteRange(3 * PAGE, 2 * PAGE), result.ranges().get(1).blocks());
    assertTrue(result.finished());
    assertWhole();
  }

  @Test
  void overwritesInPlaceWhereThatClears() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    long sector = pmem.bad().get(0);
    List<RepairStep> steps = new ArrayList<>();
    walk(step -> {
          steps.add(step);
          if (step == RepairStep.OVERWRITTEN) {
            clearAll();
          }
        })
        .run(RangeRestorer.from(replica));
    assertFalse(steps.contains(RepairStep.PUNCHED));
    pmem.setBad(List.of(sector));
    assertEquals(Verdict.BAD, pmem.scan(file).verdict(), "it should be where it was");
    pmem.setBad(List.of());
    assertWhole();
  }

  private void clearAll() {
    try {
      pmem.setBad(List.of());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void clearsNothingThatCannotBeRestored() throws IOException {
    pmem.spoil(file, 5 * PAGE, 9 * PAGE);
    byte[] cut = Arrays.copyOf(content, 7 * PAGE);
    Files.write(replica, cut);
    RepairResult result =
        walk(RepairStep.Hook.NONE)
            .run(
                (range, target) -> {
                  if (range.end() > cut.length) {
                    throw new IOException("not in the backup");
                  }
                  target.put(cut, (int) range.offset(), (int) range.length());
                });
    assertEquals(List.of(Outcome.RESTORED, Outcome.FAILED), outcomes(result), result.toString());
    assertArrayEquals(content, Files.readAllBytes(file), "what failed must not be cleared");
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    Files.write(replica, content);
    RepairResult again = repair();
    assertTrue(again.finished(), again.toString());
    assertWhole();
  }

  @Test
  void refusesAReplicaOfAnotherLength() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Files.write(replica, Arrays.copyOf(content, content.length + 1));
    IOException refused = assertThrows(IOException.class, this::repair);
    assertTrue(refused.getMessage().contains("is no copy of " + file), refused.getMessage());
    assertUntouched();
  }

  @Test
  void leavesAloneWhatIsNoLongerBad() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairResult result = repair(RepairStep.BYTES_FETCHED, this::clearAll);
    assertEquals(List.of(Outcome.HEALED), outcomes(result));
    assertWhole();
  }

  /** The file is repaired that was planned for, wherever its name leads by then. */
  @Test
  void repairsTheFileThatItOpenedThoughAnotherTakesItsName() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Path was = file.resolveSibling("was");
    byte[] original = content.clone();
    RepairResult result = repair(RepairStep.BYTES_FETCHED, () -> takeName(was));
    assertEquals(List.of(Outcome.HEALED), outcomes(result));
    assertArrayEquals(original, Files.readAllBytes(was));
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
  }

  /** A scan answers for the file that is open: neither of these two is clean, so no mixture is. */
  @Test
  void aFileThatIsRenamedOverWhileItIsScannedIsNotMixedWithTheOther() throws IOException {
    Path order = file;
    pmem.spoil(order, 5 * PAGE);
    RepairRun cut =
        walk(
            step -> {
              if (step == RepairStep.CLEARING_SYNCED) {
                throw new IllegalStateException("cut");
              }
            });
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

  /** Another file is where this one was, and bad in its place. */
  private void takeName(Path was) {
    try {
      clearAll();
      Files.move(file, was);
      write(file);
      pmem.spoil(file, 5 * PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void refusesASecondRepair() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    // It punches as often as it takes to get a good block.
    Set<String> refused = new HashSet<>();
    repair(
        RepairStep.PUNCHED,
        () -> refused.add(assertThrows(IOException.class, this::repair).getMessage()));
    assertEquals(
        Set.of(file + ": another process or thread is repairing it (it holds the lock, flock(2))"),
        refused);
    assertWhole();
  }

  @Test
  void touchesNothingWithoutAJournal() throws IOException, InterruptedException {
    pmem.spoil(file, 5 * PAGE);
    Path full = Files.createDirectory(file.resolveSibling("full"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=4k", "full", full), "may not mount");
    try {
      Files.write(full.resolve("other"), new byte[PAGE]);
      assertThrows(IOException.class, () -> withJournalIn(full));
      assertUntouched();
      assertTrue(run("mount", "-o", "remount,ro", full));
      assertThrows(IOException.class, () -> withJournalIn(full));
      assertUntouched();
    } finally {
      run("umount", full);
    }
    Files.delete(full);
    assertTrue(repair().finished());
    assertWhole();
  }

  /** Also not where lines will be added to it later. */
  @Test
  void keepsItsJournalOffBadBlocks() throws IOException {
    pmem.spoil(file, LongStream.range(0, 10).map(i -> 2 * i * PAGE).toArray());
    Path journal = file.resolveSibling("." + file.getFileName() + ".pmem2j-repair");
    List<BadBlockReport> written = new ArrayList<>();
    walk(step -> {
          if (step == RepairStep.JOURNAL_WRITTEN && written.isEmpty()) {
            Path temporary = temporaryFile();
            spoilBehindItsEnd(temporary);
            written.add(scan(temporary));
          } else if (step == RepairStep.JOURNAL_NAMED) {
            written.add(scan(journal));
          }
        })
        .run(RangeRestorer.from(replica));
    assertEquals(
        List.of(Verdict.BAD, Verdict.CLEAN),
        written.stream().map(BadBlockReport::verdict).toList());
    assertWhole();
  }

  private Path temporaryFile() {
    try (var files = Files.newDirectoryStream(file.getParent(), ".pmem2j-*.tmp")) {
      return files.iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What has the name that a journal was once written under is not the repair's. */
  @Test
  void leavesOthersFilesAlone() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Path precious = Files.writeString(file.resolveSibling("precious"), "precious");
    Path name = file.resolveSibling("." + file.getFileName() + ".pmem2j-repair.new");
    Files.createLink(name, precious);
    assertTrue(repair().finished());
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals("precious", Files.readString(name));
    try (var files = Files.newDirectoryStream(file.getParent(), ".pmem2j-*.tmp")) {
      assertFalse(files.iterator().hasNext());
    }
  }

  private void spoilBehindItsEnd(Path path) {
    try {
      pmem.spoil(path, Files.size(path) / PAGE * PAGE + PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void withJournalIn(Path directory) throws IOException {
    new RepairRun(file, directory, false, pmem.scanned(), RepairStep.Hook.NONE)
        .run(RangeRestorer.from(replica));
  }

  private void assertUntouched() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(BadRange.Kind.DATA, pmem.scan(file).badRanges().get(0).kind());
    assertEquals(List.of(), walk(RepairStep.Hook.NONE).unfinished());
  }

  private static boolean run(Object... words) throws IOException, InterruptedException {
    List<String> command = Arrays.stream(words).map(Object::toString).toList();
    return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
  }

  /** Leaves page 5 cleared and not restored, and nothing bad on the device. */
  private void interrupt(Path journals) throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairStep.Hook cut =
        step -> {
          if (step == RepairStep.ALLOCATED) {
            throw new IllegalStateException("cut");
          }
        };
    assertThrows(
        IllegalStateException.class,
        () ->
            new RepairRun(file, journals, false, pmem.scanned(), cut)
                .run(RangeRestorer.from(replica)));
    pmem.setBad(List.of());
  }

  /** A repair finds what an earlier one has left, wherever that kept its journal. */
  @Test
  void goesOnFromAJournalElsewhere() throws IOException {
    Path journals = Files.createDirectory(file.resolveSibling("journals"));
    interrupt(journals);
    pmem.spoil(file, 9 * PAGE);
    assertEquals(List.of(Outcome.RESTORED, Outcome.RESTORED), outcomes(repair()));
    assertWhole();
    try (var left = Files.list(journals)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** To the kernel a name is bytes; Java's strings may have lost some of them. */
  @Test
  void goesOnWhateverTheNames() throws IOException {
    file = Files.move(file, file.resolveSibling(notUtf8("file")));
    Path journals = Files.createDirectory(file.resolveSibling(notUtf8("journals")));
    interrupt(journals);
    try (var left = Files.list(journals)) {
      assertEquals(1, left.count());
    }
    assertEquals(Verdict.BAD, pmem.scan(file).verdict());
    assertEquals(List.of(Outcome.RESTORED), outcomes(repair()));
    assertWhole();
    interrupt(null);
    assertEquals(List.of(Outcome.RESTORED), outcomes(repair()));
    assertWhole();
  }

  private static Path notUtf8(String name) {
    return PathBytes.path(("/" + name + "\u00e9").getBytes(ISO_8859_1)).getFileName();
  }

  /** Anybody may set it who may write to the file. */
  @Test
  void takesNoMarkThatLeadsNowhereForNone() throws IOException {
    for (String mark : new String[] {"", "relative", "/\0", "/\u00e9", "/", "/dev/zero", "/proc"}) {
      Files.setAttribute(file, "user:pmem2j.repair", ByteBuffer.wrap(mark.getBytes(ISO_8859_1)));
      assertEquals(mark.isEmpty() ? Verdict.CLEAN : Verdict.UNKNOWN, pmem.scan(file).verdict());
    }
  }

  /** What else is there is not opened, or not read. */
  @Test
  void readsNothingButJournals() throws IOException, InterruptedException {
    interrupt(null);
    Path journal = file.resolveSibling(".file.pmem2j-repair");
    Path named = Files.move(journal, file.resolveSibling("other-name"));
    Files.setAttribute(
        file, "user:pmem2j.repair", ByteBuffer.wrap(named.toString().getBytes(UTF_8)));
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    Files.setAttribute(
        file, "user:pmem2j.repair", ByteBuffer.wrap(journal.toString().getBytes(UTF_8)));
    assertTrue(run("mkfifo", journal));
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    assertThrows(RepairJournalException.class, this::repair);
    Files.delete(journal);
    Files.createSymbolicLink(journal, Path.of("/dev/zero"));
    assertEquals(Verdict.UNKNOWN, pmem.scan(file).verdict());
    Files.move(named, journal, StandardCopyOption.REPLACE_EXISTING);
    assertEquals(List.of(Outcome.RESTORED), outcomes(repair()));
    assertWhole();
  }

  /** Whoever owns the directory may exchange it, and must lead nobody to another's files. */
  @Test
  void writesItsJournalToTheDirectoryItWasToldOf() throws IOException {
    Path theirs = Files.createDirectory(file.resolveSibling("theirs"));
    Path ours = Files.createDirectory(file.resolveSibling("ours"));
    file = Files.move(file, theirs.resolve("file"));
    write(ours.resolve("file"));
    Path precious = Files.writeString(ours.resolve(".file.pmem2j-repair"), "precious");
    pmem.spoil(file, 5 * PAGE);
    Runnable exchange =
        () -> {
          move(theirs, theirs.resolveSibling("moved"));
          try {
            Files.createSymbolicLink(theirs, ours);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    assertEquals(List.of(Outcome.FAILED), outcomes(repair(RepairStep.PLANNED, exchange)));
    assertEquals("precious", Files.readString(precious));
    assertArrayEquals(content, Files.readAllBytes(ours.resolve("file")));
    assertArrayEquals(content, Files.readAllBytes(theirs.resolveSibling("moved/file")));
  }

  /** What has been cleared gets its bytes, whatever else cannot be told. */
  @Test
  void restoresWhatItHasClearedThoughItIsInDoubt() throws IOException {
    for (RepairStep step :
        new RepairStep[] {
          RepairStep.CLEARING_SYNCED, RepairStep.PUNCHED, RepairStep.ALLOCATED, RepairStep.SYNCED
        }) {
      pmem.spoil(file, 5 * PAGE, 9 * PAGE);
      Path journal = file.resolveSibling(".file.pmem2j-repair");
      Path hidden = file.resolveSibling("hidden");
      boolean[] done = new boolean[1];
      RepairResult result =
          walk(now -> {
                if (now == step && !done[0]) {
                  done[0] = true;
                  move(journal, hidden);
                }
              })
              .run(RangeRestorer.from(replica));
      assertEquals(List.of(Outcome.FAILED, Outcome.FAILED), outcomes(result), step::toString);
      assertArrayEquals(content, Files.readAllBytes(file), step::toString);
      move(hidden, journal);
      assertEquals(Verdict.BAD, pmem.scan(file).verdict(), step::toString);
      assertTrue(repair().finished(), step::toString);
      assertWhole();
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** That the list cannot be read any more does not mean that the block has healed. */
  @Test
  void takesNoUnreadableListForHealth() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    RepairResult result = repair(RepairStep.MARKED, pmem::garbleList);
    assertEquals(List.of(Outcome.FAILED), outcomes(result));
    assertTrue(result.ranges().get(0).message().contains("no longer known"), result::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
    pmem.setBad(List.of());
    assertTrue(repair().finished());
    assertWhole();
  }

  @Test
  void goesOnAfterTheFileWasRenamed() throws IOException {
    interrupt(null);
    Path renamed = file.resolveSibling("renamed");
    Files.move(file, renamed);
    file = renamed;
    assertEquals(List.of(new ByteRange(5 * PAGE, PAGE)), walk(RepairStep.Hook.NONE).unfinished());
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
    assertEquals(List.of(page), walk(RepairStep.Hook.NONE).unfinished());
    try (DamagedFile damaged = DamagedFile.open(file, pmem.scanned())) {
      ByteBuffer all = ByteBuffer.allocate(content.length + 1);
      assertEquals(new SalvageResult(content.length, RangeSet.of(page)), damaged.read(0, all));
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
    // A damaged journal is refused by the repair, and no reason for calm.
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

  @Test
  void onAFileSystemWithoutAttributes() throws IOException {
    new ChildJvm()
        .env(ChildJvm.preloading("libno_attributes.so"))
        .tests(WithoutAttributesChecks.class);
  }

  /** The one that matters: killed behind every step, no page is ever silently zeros. */
  @Test
  @Tag("slow")
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // a JVM for each step
  void survivesAKillBehindEveryStep() throws IOException {
    int count = 1;
    for (boolean killed = true; killed; count++) {
      Files.deleteIfExists(file);
      write(file);
      pmem.setBad(List.of());
      pmem.spoil(file, 3 * PAGE + 512, 20 * PAGE + 600);
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
}
