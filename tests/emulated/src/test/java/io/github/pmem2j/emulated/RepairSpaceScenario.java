package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.ReadResult;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** A file on a file system without space: every second page has lost a sector. */
@ExtendWith(MachineExtension.class)
abstract class RepairSpaceScenario {
  static final int DAMAGED = 8;
  static final int PAGES = 2 * DAMAGED + 1;
  static final String ADVICE = ": free space there or raise the quota, then repair again";

  Path mount;
  TestFile file;
  Path replica;
  Path journals;
  RangeSet lost;

  /** Every second page has lost a sector. */
  final void damage(Namespace disk, Path mounted) throws IOException {
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

  final void damage(String mkfs, String option, Machine machine) throws IOException {
    Namespace disk = NfitTest.isPresent() ? NfitTest.fsdax() : machine.disks().get(0);
    Command.run((Object[]) (mkfs + " " + disk.device()).split(" "));
    damage(disk, machine.mount(disk.device(), "-o", option));
  }

  final RepairResult repair(SteppedRepair.Hook hook) throws IOException {
    RepairResult result =
        new SteppedRepair(file.path(), journals, BadBlockScanner.trustingLists()::scanFile, hook)
            .run(RangeRestorer.from(replica));
    result.ranges().forEach(System.out::println);
    return result;
  }

  /** All but what is lost reads as it was written. */
  final void assertReadable(RangeSet missing) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(file.content().length);
    try (SalvageReader reader = SalvageReader.open(file.path())) {
      assertEquals(new ReadResult(all.capacity(), missing), reader.read(0, all));
    }
    byte[] expected = file.content().clone();
    for (ByteRange range : missing) {
      Arrays.fill(expected, (int) range.offset(), (int) range.end(), (byte) 0);
    }
    assertArrayEquals(expected, all.array());
  }

  final void assertFinishes() throws IOException {
    RepairResult result = repair(SteppedRepair.Hook.NONE);
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(file.content(), Files.readAllBytes(file.path()));
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file.path()).verdict());
    assertEquals(List.of(), Sysfs.list(journals, ".*"));
  }

  static long count(RepairResult result, Outcome outcome) {
    return result.ranges().stream().filter(range -> range.outcome() == outcome).count();
  }

  static void assertAdvised(RepairResult result, String errno) {
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() != Outcome.RESTORED) {
        assertTrue(range.message().contains(errno), range::toString);
        assertTrue(range.message().endsWith(ADVICE), range::toString);
      }
    }
  }

  final void assertNothingDone(RepairResult result, String errno) throws IOException {
    assertEquals(DAMAGED, result.ranges().size(), result::toString);
    assertEquals(0, count(result, Outcome.RESTORED), result::toString);
    assertAdvised(result, errno);
    assertReadable(lost);
  }

  /** Not even for the attribute that leads to the journal. */
  final void assertNoMark(String errno) throws IOException {
    IOException e = assertThrows(IOException.class, () -> repair(SteppedRepair.Hook.NONE));
    assertTrue(e.getMessage().contains(errno), e.getMessage());
    assertTrue(e.getMessage().endsWith(ADVICE), e.getMessage());
    assertEquals(List.of(), Sysfs.list(journals, ".*"));
    assertReadable(lost);
  }
}
