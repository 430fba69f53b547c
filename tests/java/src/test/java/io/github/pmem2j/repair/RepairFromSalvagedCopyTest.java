package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.PmemExtension;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The holes that a salvage left in a copy are not restored as if they were data. */
@ExtendWith(PmemExtension.class)
class RepairFromSalvagedCopyTest {
  private static final int PAGE = 4096;
  private static final RangeSet LOST = RangeSet.of(new ByteRange(2 * PAGE + 512, 512));

  private final byte[] content = new byte[8 * PAGE];
  private SimulatedPmem pmem;
  private Path file;
  private Path copy;
  private Path map;

  @BeforeEach
  void salvage(SimulatedPmem made) throws IOException {
    pmem = made;
    new Random(5).nextBytes(content);
    file = Files.write(pmem.directory().resolve("file"), content);
    damage();
    copy = pmem.directory().resolve("copy");
    map = pmem.directory().resolve("copy.map");
    RangeSet page = RangeSet.of(new ByteRange(2 * PAGE, PAGE));
    assertEquals(page, Salvage.of(file, copy).run().lost());
  }

  private void damage() throws IOException {
    pmem.damage(file, LOST.offset(0), 512);
  }

  private RepairedRange repairFrom(Path replica) throws IOException {
    RepairResult result = BadBlockRepair.of(file).run(RangeRestorer.from(replica));
    assertEquals(1, result.ranges().size(), result::toString);
    return result.ranges().get(0);
  }

  private void assertRefused(Path replica) throws IOException {
    RepairedRange range = repairFrom(replica);
    assertEquals(Outcome.FAILED, range.outcome(), range::toString);
    String expected =
        "could not obtain replacement bytes: %s: a salvage has not copied bytes [8192+4096] to it";
    assertTrue(range.message().contains(expected.formatted(replica)), range::message);
    assertTrue(range.message().contains("remove that mapfile"), range::message);
    assertEquals(LOST, BadBlockScanner.scan(file).lost());
  }

  @Test
  void whatIsMissingInTheCopyIsNotRestored() throws IOException {
    assertRefused(copy);
    assertRefused(Files.createSymbolicLink(copy.resolveSibling("link"), copy));
    Path moved = Files.copy(copy, copy.resolveSibling("moved"));
    Files.copy(map, moved.resolveSibling("moved.map"));
    assertRefused(moved);
  }

  /** The map of a source whose size was unknown. */
  @Test
  void aMapWithoutEndIsReadToo() throws IOException {
    long endless = Long.MAX_VALUE - content.length;
    String text = Files.readString(map) + "%d %d ?\n".formatted(content.length, endless);
    Files.writeString(map, text);
    assertRefused(copy);
  }

  @Test
  void aCopyThatWasCompletedRestores() throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(copy.toFile(), "rw")) {
      open.write(content);
    }
    assertRefused(copy);
    Files.delete(map);
    assertEquals(Outcome.RESTORED, repairFrom(copy).outcome());
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  /** Mapfiles that do not describe a copy: another program's, a scan's, one of another size. */
  @Test
  void otherFilesOfThatNameMeanNothing() throws IOException {
    Path replica = Files.write(copy.resolveSibling("replica"), content);
    Path other = replica.resolveSibling("replica.map");
    for (String text :
        new String[] {
          "no mapfile",
          "0 ? 1\n0 4096 ?\n",
          ScanMap.of(BadBlockScanner.scan(file)),
          "0 + 1\n0 %d +\n".formatted(content.length)
        }) {
      Files.writeString(other, text);
      assertEquals(Outcome.RESTORED, repairFrom(replica).outcome(), text);
      damage();
    }
  }
}
