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
import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where the journal of a repair goes, and what is taken for one. */
class RepairJournalTest extends RepairTestCase {
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

  /** A power cut leaves a journal that is whole, and was not renamed yet. */
  @Test
  void removesWhatACutRunLeftOfItsJournal() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Path copy = file.resolveSibling("copy");
    walk(step -> {
          if (step == RepairStep.JOURNAL_WRITTEN) {
            copy(temporaryFile(), copy);
          }
        })
        .run(RangeRestorer.from(replica));
    Path left = Files.move(copy, file.resolveSibling(".pmem2j-left.tmp"));
    Path other = Files.writeString(file.resolveSibling(".pmem2j-other.tmp"), "other");
    pmem.spoil(file, 6 * PAGE);
    assertTrue(repair().finished());
    assertFalse(Files.exists(left));
    assertEquals("other", Files.readString(other));
    Files.delete(other);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void spoilBehindItsEnd(Path path) {
    try {
      pmem.spoil(path, Files.size(path) / PAGE * PAGE + PAGE);
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

  /** Such as the repair of a file of the same name and inode elsewhere, with the same directory. */
  @Test
  void aJournalThatHasJustAppearedIsNotReplaced() throws IOException {
    pmem.spoil(file, 5 * PAGE);
    Path journal = file.resolveSibling("." + file.getFileName() + ".pmem2j-repair");
    RepairJournalException e =
        assertThrows(
            RepairJournalException.class,
            () -> repair(RepairStep.JOURNAL_WRITTEN, () -> write(journal, "precious")));
    assertTrue(e.getMessage().contains("another program has just created it"), e::getMessage);
    assertEquals("precious", Files.readString(journal));
    Files.delete(journal);
    assertUntouched();
  }

  private static void write(Path path, String text) {
    try {
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void withJournalIn(Path directory) throws IOException {
    new RepairRun(file, directory, false, pmem.scanned(), RepairStep.Hook.NONE)
        .run(RangeRestorer.from(replica));
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
  void aMarkThatNamesNoJournalIsNotIgnored() throws IOException {
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

  /** The owner of the directory can replace it, but not redirect the repair to other files. */
  @Test
  void writesItsJournalToTheGivenDirectory() throws IOException {
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

  /** It may be that of a file of the same inode in a copy of the file system. */
  @Test
  void takesNoJournalElsewhereThatTheFileDoesNotName() throws IOException {
    Path journals = Files.createDirectory(file.resolveSibling("journals"));
    interrupt(journals);
    byte[] cut = Files.readAllBytes(file);
    try (Descriptor marked = Descriptor.open(file, Descriptor.Mode.WRITE)) {
      FileIo.removeRepairMark(marked);
    }
    IOException e = assertThrows(RepairJournalException.class, () -> withJournalIn(journals));
    assertTrue(e.getMessage().contains("no attribute user.pmem2j.repair"), e.getMessage());
    assertArrayEquals(cut, Files.readAllBytes(file));
    try (var left = Files.list(journals)) {
      assertEquals(1, left.count());
    }
  }

  /** The attribute of a file in a copy of a file system names the journal of the original. */
  @Test
  void takesTheJournalOfItsOwnFileSystem() throws IOException, InterruptedException {
    interrupt(null);
    Path original = Files.createDirectory(file.resolveSibling("original"));
    assumeTrue(run("mount", "-t", "tmpfs", "original", original), "may not mount");
    try {
      Path journal = original.resolve(".file.pmem2j-repair");
      copy(file.resolveSibling(".file.pmem2j-repair"), journal);
      byte[] mark = journal.toString().getBytes(UTF_8);
      Files.setAttribute(file, "user:pmem2j.repair", ByteBuffer.wrap(mark));
      assertEquals(List.of(Outcome.RESTORED), outcomes(repair()));
      assertTrue(Files.exists(journal));
      assertWhole();
    } finally {
      run("umount", original);
    }
  }

  @Test
  void whereTheAttributeCannotBeSynced() throws IOException {
    new ChildJvm().env(ChildJvm.preloading("libfailing_sync.so")).tests(FailingSyncChecks.class);
  }

  @Test
  void onAFileSystemWithoutAttributes() throws IOException {
    new ChildJvm()
        .env(ChildJvm.preloading("libno_attributes.so"))
        .tests(WithoutAttributesChecks.class);
  }
}
