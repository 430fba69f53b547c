package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.ReadResult;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A damaged file and its replica, read and repaired; the same on every driver. */
final class RepairScenario {
  private static final int PAGES = 16;
  private static final int SECTOR = Sectors.SIZE;
  private static final int PAGE = Sectors.PAGE;

  /** What the injected errors cost: single sectors, whole pages, and the file's last sector. */
  private static final List<ByteRange> LOST =
      List.of(
          new ByteRange(3 * PAGE + SECTOR, SECTOR),
          new ByteRange(3 * PAGE + 6 * SECTOR, SECTOR),
          new ByteRange(5 * PAGE, 2 * PAGE),
          new ByteRange(15 * PAGE + SECTOR, 100));

  /** What they cost where single sectors cannot be read. */
  private static final List<ByteRange> LOST_PAGES =
      List.of(
          new ByteRange(3 * PAGE, PAGE),
          new ByteRange(5 * PAGE, 2 * PAGE),
          new ByteRange(15 * PAGE, SECTOR + 100));

  private final Path file;
  private final Path replica;
  private final byte[] content;
  private final List<ByteRange> lost;

  private RepairScenario(Path file, Path replica, byte[] content, List<ByteRange> lost) {
    this.file = file;
    this.replica = replica;
    this.content = content;
    this.lost = lost;
  }

  /** A file that ends in the second sector of its last page. */
  static RepairScenario create(Path directory) throws IOException {
    TestFile whole = TestFile.create(directory.resolve("file"), PAGES);
    byte[] content = Arrays.copyOf(whole.content(), (PAGES - 1) * PAGE + SECTOR + 100);
    try (FileChannel channel = FileChannel.open(whole.path(), StandardOpenOption.WRITE)) {
      channel.truncate(content.length);
      channel.force(true);
    }
    Path replica = Files.write(Files.createTempFile("replica", ""), content);
    return new RepairScenario(whole.path(), replica, content, LOST);
  }

  /** The same file where whole pages are lost. */
  RepairScenario losingPages() {
    return new RepairScenario(file, replica, content, LOST_PAGES);
  }

  /** The same file where only the last page is still damaged. */
  RepairScenario losingTheLastSector() {
    return new RepairScenario(file, replica, content, LOST.subList(3, 4));
  }

  /** The sectors to inject errors into. */
  Sectors[] toSpoil() {
    Sectors third = FileExtent.page(file, 3);
    Sectors last = FileExtent.page(file, PAGES - 1);
    return new Sectors[] {
      new Sectors(third.first() + 1, 1),
      new Sectors(third.first() + 6, 1),
      FileExtent.page(file, 5),
      FileExtent.page(file, 6),
      new Sectors(last.first() + 1, 1)
    };
  }

  /** Everything but what is lost can be read, unchanged. */
  void salvage() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(content.length + PAGE);
    try (SalvageReader reader = SalvageReader.open(file)) {
      assertEquals(new ReadResult(content.length, RangeSet.copyOf(lost)), reader.read(0, all));
    }
    byte[] expected = content.clone();
    for (ByteRange range : lost) {
      Arrays.fill(expected, (int) range.offset(), (int) range.end(), (byte) 0);
    }
    assertArrayEquals(expected, Arrays.copyOf(all.array(), content.length));
  }

  /** Only what is lost comes from the replica, and afterwards nothing is missing. */
  void repair() throws IOException {
    assertEquals(Verdict.BAD, BadBlockScanner.trustingLists().scanFile(file).verdict());
    List<ByteRange> asked = new ArrayList<>();
    RangeRestorer restorer = RangeRestorer.from(replica);
    RepairResult result =
        BadBlockRepair.of(file)
            .run(
                (range, target) -> {
                  asked.add(range);
                  restorer.restore(range, target);
                });
    assertTrue(result.finished(), result.toString());
    assertEquals(lost, asked);
    assertArrayEquals(content, Files.readAllBytes(file));
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file).verdict());
    assertFalse(Files.exists(file.resolveSibling(".file.pmem2j-repair")));
  }

  /** Repairs what can be, and leaves no journal: nothing else was touched. */
  void repair(Outcome... outcomes) throws IOException {
    RepairResult result = BadBlockRepair.of(file).run(RangeRestorer.from(replica));
    assertEquals(
        List.of(outcomes),
        result.ranges().stream().map(RepairedRange::outcome).toList(),
        result::toString);
    assertFalse(Files.exists(file.resolveSibling(".file.pmem2j-repair")));
  }
}
