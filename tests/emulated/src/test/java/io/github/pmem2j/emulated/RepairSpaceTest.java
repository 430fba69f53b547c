package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.repair.SalvageResult;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs by other blocks where the file system, or a quota, has none or not enough. */
@ExtendWith(MachineExtension.class)
class RepairSpaceTest {
  private static final int DAMAGED = 8;
  private static final int PAGES = 2 * DAMAGED + 1;
  private static final String ADVICE = ": free space there or raise the quota, then repair again";

  private Path mount;
  private TestFile file;
  private Path replica;
  private Path journals;
  private RangeSet lost;

  /** Every second page has lost a sector. */
  private void damage(Namespace disk, Path mounted) throws IOException {
    mount = mounted;
    file = TestFile.create(mount.resolve("file"), PAGES);
    replica = Files.write(Files.createTempFile("replica", ""), file.content());
    journals = Files.createTempDirectory("journals");
    List<Sectors> bad = new ArrayList<>();
    RangeSet.Builder ranges = RangeSet.builder();
    for (int page = 1; page < PAGES; page += 2) {
      bad.add(new Sectors(FileExtent.page(file.path(), page).first() + 2, 1));
      ranges.add(page * (long) Sectors.PAGE + 2 * Sectors.SIZE, Sectors.SIZE);
    }
    lost = ranges.build();
    if (NfitTest.isPresent()) {
      NfitTest.inject(disk, bad.toArray(Sectors[]::new));
    } else {
      disk.inject(bad.toArray(Sectors[]::new));
    }
    Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "3");
    assertReadable(lost);
  }

  private void damage(String mkfs, String option, Machine machine) throws IOException {
    Namespace disk = NfitTest.isPresent() ? NfitTest.fsdax() : machine.disks().get(0);
    Command.run((Object[]) (mkfs + " " + disk.device()).split(" "));
    damage(disk, machine.mount(disk.device(), "-o", option));
  }

  private RepairResult repair(SteppedRepair.Hook hook) throws IOException {
    RepairResult result =
        new SteppedRepair(file.path(), journals, BadBlockScanner.trustingLists()::scanFile, hook)
            .run(RangeRestorer.from(replica));
    result.ranges().forEach(System.out::println);
    return result;
  }

  /** All but what is lost reads as it was written. */
  private void assertReadable(RangeSet missing) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(file.content().length);
    try (SalvageReader reader = SalvageReader.open(file.path())) {
      assertEquals(new SalvageResult(all.capacity(), missing), reader.read(0, all));
    }
    byte[] expected = file.content().clone();
    for (ByteRange range : missing) {
      Arrays.fill(expected, (int) range.offset(), (int) range.end(), (byte) 0);
    }
    assertArrayEquals(expected, all.array());
  }

  private void assertFinishes() throws IOException {
    RepairResult result = repair(SteppedRepair.Hook.NONE);
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(file.content(), Files.readAllBytes(file.path()));
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file.path()).verdict());
    assertEquals(List.of(), Sysfs.list(journals, ".*"));
  }

  private static long count(RepairResult result, Outcome outcome) {
    return result.ranges().stream().filter(range -> range.outcome() == outcome).count();
  }

  private static void assertAdvised(RepairResult result, String errno) {
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() != Outcome.RESTORED) {
        assertTrue(range.message().contains(errno), range::toString);
        assertTrue(range.message().endsWith(ADVICE), range::toString);
      }
    }
  }

  @ParameterizedTest
  @Tag("nfit")
  @CsvSource({"4096, dax", "1024, rw"})
  void ext4HasNoneFromTheStartOrFromAStepOn(int size, String option, Machine machine)
      throws IOException {
    damage("mkfs.ext4 -q -F -b " + size, option, machine);
    new DiskSpace(mount).fill(0);
    assertNothingDone(repair(SteppedRepair.Hook.NONE), "ENOSPC");
    new DiskSpace(mount).release();
    noneFromAStepOn("MARKED", "CLEARING_SYNCED");
  }

  /** Whose blocks, smaller than a page, cannot be overwritten in place. */
  @Test
  @Tag("stock")
  void xfsHasNoneFromTheStartOrFromAStepOn(Machine machine) throws IOException {
    damage("mkfs.xfs -q -f -b size=1024", "rw", machine);
    new DiskSpace(mount).fill(0);
    assertNoMark("ENOSPC");
    new DiskSpace(mount).release();
    // XFS takes space even to remove the attribute.
    boolean[] done = {false};
    SteppedRepair.Hook fill =
        JournalScenario.once("MARKED", done, () -> new DiskSpace(mount).fill(0));
    IOException e = assertThrows(IOException.class, () -> repair(fill));
    assertTrue(e.getMessage().contains("fremovexattr failed: ENOSPC"), e.getMessage());
    assertTrue(e.getMessage().endsWith(ADVICE), e.getMessage());
    assertReadable(lost);
    new DiskSpace(mount).release();
    noneFromAStepOn("CLEARING_SYNCED");
  }

  private void noneFromAStepOn(String... steps) throws IOException {
    DiskSpace space = new DiskSpace(mount);
    for (String step : steps) {
      boolean[] done = {false};
      RepairResult result = repair(JournalScenario.once(step, done, () -> space.fill(0)));
      assertTrue(done[0], step);
      assertNothingDone(result, "ENOSPC");
      space.release();
    }
    assertFinishes();
  }

  private void assertNothingDone(RepairResult result, String errno) throws IOException {
    assertEquals(DAMAGED, result.ranges().size(), result::toString);
    assertEquals(0, count(result, Outcome.RESTORED), result::toString);
    assertAdvised(result, errno);
    assertReadable(lost);
  }

  /** Not even for the attribute that leads to the journal. */
  private void assertNoMark(String errno) throws IOException {
    IOException e = assertThrows(IOException.class, () -> repair(SteppedRepair.Hook.NONE));
    assertTrue(e.getMessage().contains(errno), e.getMessage());
    assertTrue(e.getMessage().endsWith(ADVICE), e.getMessage());
    assertEquals(List.of(), Sysfs.list(journals, ".*"));
    assertReadable(lost);
  }

  /** What is cleared has other blocks; the rest is as it was. */
  @ParameterizedTest
  @Tag("nfit")
  @ValueSource(ints = {2, 3, 5})
  void onlySomeHaveOthers(int blocks, Machine machine) throws IOException {
    damage("mkfs.ext4 -q -F -b 4096", "dax", machine);
    DiskSpace space = new DiskSpace(mount);
    space.fill(blocks);
    RepairResult result = repair(SteppedRepair.Hook.NONE);
    assertAdvised(result, "ENOSPC");
    RangeSet.Builder left = RangeSet.builder();
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() != Outcome.RESTORED) {
        lost.intersect(range.blocks()).forEach(left::add);
      }
    }
    assertReadable(left.build());
    assertTrue(count(result, Outcome.RESTORED) > 0, result::toString);
    space.release();
    assertFinishes();
  }

  /** The last moment: what was punched is in the journal, and reported. */
  @Test
  @Tag("nfit")
  void anotherTakesWhatWasPunched(Machine machine) throws IOException {
    damage("mkfs.ext4 -q -F -b 4096", "dax", machine);
    DiskSpace space = new DiskSpace(mount);
    int[] punched = {0};
    RepairResult result =
        repair(
            step -> {
              if (step.equals("PUNCHED") && ++punched[0] == DAMAGED) {
                space.fill(0);
              }
            });
    assertAdvised(result, "ENOSPC");
    assertTrue(count(result, Outcome.FAILED) > 0, result::toString);
    RangeSet.Builder zeroed = RangeSet.builder();
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() == Outcome.FAILED) {
        zeroed.add(range.blocks());
      }
    }
    assertReadable(zeroed.build());
    Stream<BadRange> reported =
        BadBlockScanner.trustingLists().scanFile(file.path()).badRanges().stream();
    assertTrue(reported.allMatch(range -> range.kind() == BadRange.Kind.ZEROED));
    space.release();
    assertFinishes();
  }

  /** XFS holds the file's owner to the quota, even when root writes. */
  @Test
  @Tag("stock")
  void theOwnerHasUsedUpTheQuota(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.xfs", "-q", "-f", "-b", "size=1024", disk.device());
    damage(disk, machine.mount(disk.device(), "-o", "uquota"));
    Command.run("chown", "nobody", file.path());
    setQuota(PAGES * 4 + "k");
    assertNoMark("EDQUOT");
    setQuota("0");
    boolean[] done = {false};
    assertNothingDone(
        repair(JournalScenario.once("MARKED", done, () -> setQuota(PAGES * 4 + "k"))), "EDQUOT");
    setQuota("0");
    assertFinishes();
  }

  private void setQuota(String limit) {
    Command.run("xfs_quota", "-x", "-c", "limit bhard=" + limit + " nobody", mount);
  }

  @Test
  @Tag("nfit")
  void theRestIsReservedForRoot(Machine machine) throws IOException {
    damage("mkfs.ext4 -q -F -b 4096 -m 20", "dax", machine);
    Command.run("chown", "nobody", file.path(), mount, replica, journals);
    DiskSpace space = new DiskSpace(mount);
    space.fillForUsers();
    Command.Result result =
        CommandLine.runAsNobody(
            "repair", "--yes", "--journal", journals, "--from", replica, file.path());
    assertEquals(2, result.exitCode(), result::toString);
    assertTrue(result.output().contains("ENOSPC"), result::toString);
    assertTrue(result.output().contains(ADVICE), result::toString);
    assertReadable(lost);
    assertFinishes();
  }
}
