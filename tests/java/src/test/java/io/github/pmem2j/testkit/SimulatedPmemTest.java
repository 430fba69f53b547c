package io.github.pmem2j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource.Kind;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pmem2j says of files that the test kit damages. */
class SimulatedPmemTest {
  private static final int SIZE = 64 << 10;

  @TempDir Path parent;

  private Path directory;
  private Path file;
  private byte[] content;
  private SimulatedPmem pmem;

  @BeforeEach
  void open() throws IOException {
    directory = Files.createDirectory(parent.resolve("pmem"));
    content = new byte[SIZE];
    new Random(1).nextBytes(content);
    file = Files.write(directory.resolve("file"), content);
    pmem = SimulatedPmem.open(directory);
  }

  @AfterEach
  void close() {
    pmem.close();
  }

  private static RangeSet ranges(long... offsetsAndLengths) {
    RangeSet.Builder ranges = RangeSet.builder();
    for (int i = 0; i < offsetsAndLengths.length; i += 2) {
      ranges.add(offsetsAndLengths[i], offsetsAndLengths[i + 1]);
    }
    return ranges.build();
  }

  private RangeRestorer fromContent() {
    return (range, target) -> target.put(content, (int) range.offset(), (int) range.length());
  }

  @Test
  void aFileIsCleanUntilItIsDamaged() throws IOException {
    BadBlockReport clean = BadBlockScanner.scan(file);
    assertEquals(Verdict.CLEAN, clean.verdict(), clean::toString);
    assertEquals(Kind.SCRUBBED, clean.sources().get(0).kind());

    pmem.damage(file, 5000, 1000);
    BadBlockReport bad = BadBlockScanner.scan(file);
    assertEquals(Verdict.BAD, bad.verdict());
    assertTrue(bad.complete(), bad::toString);
    assertEquals(ranges(4608, 1536), bad.lost());
    assertEquals(ranges(4096, 4096), bad.unreadable());
    assertEquals(ranges(4096, 4096), bad.blocks());
    assertEquals(ranges(4608, 1536), BadBlockScanner.local().scanFile(file).lost());
    assertEquals(Verdict.BAD, BadBlockScanner.trustingLists().scanFile(file).verdict());
  }

  @Test
  void aTreeHasTheDamageOfItsFiles() throws IOException {
    Path below = Files.createDirectory(directory.resolve("below"));
    Path other = Files.write(below.resolve("other"), content);
    pmem.damage(other, 0, 1);
    try (Stream<BadBlockReport> reports = BadBlockScanner.scanTree(directory)) {
      assertEquals(
          List.of(other + " BAD", file + " CLEAN"),
          reports.map(r -> r.path() + " " + r.verdict()).sorted().collect(Collectors.toList()));
    }
  }

  @Test
  void aPathElsewhereIsOnThisMachine() throws IOException {
    Path elsewhere = Files.write(parent.resolve("elsewhere"), content);
    pmem.damage(file, 0, 512);
    assertEquals(Verdict.NOT_PMEM, BadBlockScanner.scan(elsewhere).verdict());
    Path link = Files.createSymbolicLink(parent.resolve("link"), file);
    assertEquals(Verdict.BAD, BadBlockScanner.scan(link).verdict());
  }

  @Test
  void severalDirectoriesDoNotDisturbEachOther() throws IOException {
    Path second = Files.createDirectory(parent.resolve("second"));
    Path other = Files.write(second.resolve("file"), content);
    try (SimulatedPmem more = SimulatedPmem.open(second)) {
      pmem.damage(file, 0, 512);
      more.feed(Kind.NOBODY);
      assertEquals(Verdict.BAD, BadBlockScanner.scan(file).verdict());
      assertEquals(Verdict.UNKNOWN, BadBlockScanner.scan(other).verdict());
      assertThrows(
          IllegalArgumentException.class,
          () -> BadBlockWatch.open(List.of(file, other), change -> {}));
      assertThrows(IllegalArgumentException.class, () -> more.damage(file, 0, 512));
    }
    assertEquals(Verdict.NOT_PMEM, BadBlockScanner.scan(other).verdict());
    assertEquals(Verdict.BAD, BadBlockScanner.scan(file).verdict());
    assertThrows(IllegalStateException.class, () -> SimulatedPmem.open(directory));
  }

  @Test
  void whatAFileHeldIsGarbageUntilTheEnd() throws IOException {
    pmem.damage(file, 512, 512);
    pmem.damage(file, 512, 512);
    byte[] damaged = Files.readAllBytes(file);
    assertFalse(ByteBuffer.wrap(content, 512, 512).equals(ByteBuffer.wrap(damaged, 512, 512)));
    System.arraycopy(content, 512, damaged, 512, 512);
    assertArrayEquals(content, damaged);

    pmem.close();
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.NOT_PMEM, BadBlockScanner.scan(file).verdict());
    assertThrows(IllegalStateException.class, () -> pmem.damage(file, 0, 1));
  }

  @Test
  void healingGivesTheBytesBack() throws IOException {
    pmem.damage(file, 0, 512);
    pmem.damage(file, 8192, 1024);
    pmem.heal(file, 8192, 1);
    assertEquals(ranges(0, 512, 8704, 512), BadBlockScanner.scan(file).lost());
    pmem.heal(file);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void whatIsOverwrittenIsGood() throws IOException {
    pmem.damage(file, 0, 1024);
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.write(content, 0, 512);
    }
    assertEquals(ranges(512, 512), BadBlockScanner.scan(file).lost());
    pmem.heal(file);
    assertArrayEquals(content, Files.readAllBytes(file));
    pmem.damage(file, 0, 512);
    Files.write(file, content);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
    pmem.damage(file, 0, 512);
    Files.delete(file);
    Files.write(file, content);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
  }

  @Test
  void aSectorStaysBadUntilAllOfItIsOverwritten() throws IOException {
    byte[] expected = content.clone();
    byte[] other = new byte[300];
    System.arraycopy(other, 0, expected, 4200, 300);
    pmem.damage(file, 4096, 512);
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.seek(4200);
      writer.write(other);
    }
    assertEquals(ranges(4096, 512), BadBlockScanner.scan(file).lost());
    pmem.heal(file);
    assertArrayEquals(expected, Files.readAllBytes(file));
    pmem.damage(file, 4096, 512);
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      for (int begin : new int[] {4096 + 256, 4096}) {
        assertEquals(ranges(4096, 512), BadBlockScanner.scan(file).lost());
        writer.seek(begin);
        writer.write(other, 0, 256);
      }
    }
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
  }

  @Test
  void aSalvageReaderLosesThePages() throws IOException {
    pmem.damage(file, 9000, 10);
    try (SalvageReader reader = SalvageReader.open(file)) {
      ByteBuffer read = ByteBuffer.allocate(SIZE);
      assertEquals(ranges(8192, 4096), reader.read(0, read).lost());
      byte[] expected = content.clone();
      Arrays.fill(expected, 8192, 12288, (byte) 0);
      assertArrayEquals(expected, read.array());
    }
    Path copy = parent.resolve("copy");
    assertEquals(ranges(8192, 4096), Salvage.of(file, copy).run().lost());
  }

  @Test
  void aRepairRestoresThem() throws IOException {
    pmem.damage(file, 4096, 512);
    pmem.damage(file, 20_000, 10_000);
    RepairResult result = BadBlockRepair.of(file).run(fromContent());
    assertEquals(
        List.of(Outcome.RESTORED, Outcome.RESTORED),
        result.ranges().stream().map(RepairedRange::outcome).toList());
    assertEquals(
        List.of(new ByteRange(4096, 4096), new ByteRange(16384, 16384)),
        result.ranges().stream().map(RepairedRange::blocks).toList());
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
    assertArrayEquals(content, Files.readAllBytes(file));
    pmem.close();
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void aRepairReplacesTheLastPage() throws IOException {
    content = Arrays.copyOf(content, 5000);
    Files.write(file, content);
    pmem.damage(file, 4608, 512); // of which 392 bytes are the file's
    pmem.damage(file, 7680, 512); // past its end
    BadBlockReport report = BadBlockScanner.scan(file);
    assertEquals(ranges(4608, 392), report.lost());
    assertEquals(ranges(4096, 904), report.unreadable());
    RepairResult result = BadBlockRepair.of(file).run(fromContent());
    assertEquals(Outcome.RESTORED, result.ranges().get(0).outcome(), result::toString);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void onlyWhatIsAllocatedCanBeDamaged() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1 << 20);
    }
    assertThrows(IllegalArgumentException.class, () -> pmem.damage(file, 512 << 10, 512));
    assertThrows(IllegalArgumentException.class, () -> pmem.damage(file, SIZE - 512, 1024));
    assertThrows(IllegalArgumentException.class, () -> pmem.damage(file, 2 << 20, 512));
    assertThrows(IllegalArgumentException.class, () -> pmem.damage(file, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> pmem.damage(directory, 0, 512));
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
  }

  @Test
  void whoReportsErrors() throws IOException {
    pmem.feed(Kind.MACHINE_CHECKS);
    BadBlockReport report = BadBlockScanner.scan(file);
    assertEquals(Kind.MACHINE_CHECKS, report.sources().get(0).kind());
    assertEquals(Verdict.UNKNOWN, report.verdict());
    assertEquals(IncompleteReason.Code.NOBODY_LOOKS, report.reasons().get(0).code());
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file).verdict());
    pmem.feed(Kind.NOBODY);
    assertEquals(Kind.NOBODY, BadBlockScanner.scan(file).sources().get(0).kind());
    pmem.feed(Kind.SCRUBBED);
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(file).verdict());
    assertThrows(IllegalArgumentException.class, () -> pmem.feed(Kind.DEVICE_LIST));
  }

  @Test
  void aWatchReportsDamageAndHealing() throws Exception {
    RecordingListener listener = new RecordingListener();
    try (BadBlockWatch watch = BadBlockWatch.open(directory, listener)) {
      assertEquals(List.of(), watch.unwatched());
      pmem.damage(file, 4096, 512);
      BadBlockChange change = listener.nextFound();
      assertEquals(
          new ByteRange(4096, 512), change.files().get(file).get(0).range(), change::toString);
      BadBlockRepair.of(file).run(fromContent());
      assertEquals(change.ranges(), listener.nextCleared().ranges());
      pmem.damage(file, 0, 512);
      assertEquals(512, listener.nextFound().ranges().total());
      pmem.heal(file);
      assertEquals(512, listener.nextCleared().ranges().total());
      assertTrue(watch.status().running());
    }
  }
}
