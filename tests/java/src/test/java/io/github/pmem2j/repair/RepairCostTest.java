package io.github.pmem2j.repair;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.testkit.PmemExtension;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The number of a repair's system calls grows with the damage, not with its square. */
@ExtendWith(PmemExtension.class)
class RepairCostTest {
  private static final int PAGE = 4096;

  private final byte[] content = new byte[32 * PAGE];
  private SimulatedPmem pmem;
  private Path file;
  private Path replica;

  @BeforeEach
  void createFiles(SimulatedPmem made) throws IOException {
    pmem = made;
    new Random(3).nextBytes(content);
    file = Files.write(pmem.directory().resolve("file"), content);
    replica = Files.write(pmem.directory().resolve("replica"), content);
  }

  private void damage(int... pages) throws IOException {
    for (int page : pages) {
      pmem.damage(file, page * PAGE, 512);
    }
  }

  /** Counts scans of the whole file, and records the ranges that are queried. */
  private final class CountingScanner implements ScannedHost.Scanner {
    private final ScannedHost.Scanner real = ScannedHost.of(file).scanner();
    private final List<RangeSet> listed = new ArrayList<>();
    private int scans;

    @Override
    public BadBlockReport scan(Descriptor open) throws IOException {
      scans += open.path().equals(file) ? 1 : 0;
      return real.scan(open);
    }

    @Override
    public BadBlockReport scan(Descriptor open, ByteRange range) throws IOException {
      return real.scan(open, range);
    }

    @Override
    public BadBlockReport listed(Descriptor open, RangeSet ranges) throws IOException {
      listed.add(ranges);
      BadBlockReport report = real.listed(open, ranges);
      for (BadRange bad : report.badRanges()) {
        assertTrue(ranges.intersects(bad.blocks()), report::toString);
      }
      return report;
    }
  }

  /** The queries and syncs of a repair. */
  private record Cost(int scans, int questions, int journalSyncs, int dataSyncs) {}

  @Test
  void manyUnitsAskAndSyncNoMoreThanOne() throws IOException {
    assertEquals(costToRepair(1), costToRepair(8));
  }

  private Cost costToRepair(int units) throws IOException {
    damage(IntStream.range(0, units).map(i -> 3 * i).toArray());
    CountingScanner scanner = new CountingScanner();
    ScannedHost host = new ScannedHost(Host.of(file), scanner, open -> null);
    List<RepairStep> steps = new ArrayList<>();
    RepairResult result =
        new RepairRun(file, null, false, host, steps::add).run(RangeRestorer.from(replica));
    assertEquals(units, result.ranges().size(), result::toString);
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
    RangeSet.Builder own = RangeSet.builder();
    result.ranges().forEach(range -> own.add(range.blocks()));
    for (RangeSet ranges : scanner.listed) {
      assertEquals(own.build(), ranges);
    }
    return new Cost(
        scanner.scans,
        scanner.listed.size(),
        count(steps, RepairStep.CLEARING_SYNCED) + count(steps, RepairStep.RESTORED_SYNCED),
        count(steps, RepairStep.OVERWRITTEN) + count(steps, RepairStep.SYNCED));
  }

  private static int count(List<RepairStep> steps, RepairStep step) {
    return Collections.frequency(steps, step);
  }

  @Test
  void theReplicaIsOpenedOnce() throws IOException {
    damage(0, 3);
    RepairStep.Hook hook =
        step -> {
          if (step == RepairStep.SCANNED) {
            assertTrue(replica.toFile().renameTo(replica.resolveSibling("moved").toFile()));
          }
        };
    RepairResult result =
        new RepairRun(file, null, false, ScannedHost.of(file), hook)
            .run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(content, Files.readAllBytes(file));
  }
}
