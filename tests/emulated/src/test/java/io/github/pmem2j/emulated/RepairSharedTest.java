package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repairs of blocks that two files share, on XFS: refused unless asked for. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class RepairSharedTest {
  private static final int SHARED = 3;
  private static final int OWN = 9;

  @ParameterizedTest
  @ValueSource(strings = {"dax=always", "dax=never"})
  void whatIsSharedIsLeftAloneUnlessAskedFor(String option, Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.xfsWithSharing(disk.device(), "-o", option);
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    TestFile copy = new TestFile(mount.resolve("copy"), file.content());
    Command.run("cp", "--reflink=always", file.path(), copy.path());
    Path replica = Files.write(Files.createTempFile("replica", ""), file.content());
    overwrite(file, OWN);
    Command.run("sync", "-f", mount);
    Sectors shared = FileExtent.page(file.path(), SHARED);
    assertEquals(shared, FileExtent.page(copy.path(), SHARED));
    Sectors own = FileExtent.page(file.path(), OWN);
    assertFalse(own.equals(FileExtent.page(copy.path(), OWN)));
    disk.inject(shared, own);
    assertEquals(
        List.of(true, false),
        BadBlockScanner.trustingLists().scanFile(file.path()).badRanges().stream()
            .map(BadRange::shared)
            .toList());

    // Refused, and named; what is the file's own is repaired.
    BadBlockRepair repair = BadBlockRepair.of(file.path());
    RepairPlan plan = repair.plan();
    assertRefused(plan.refused());
    assertEquals(1, plan.ranges().size());
    RepairResult result = repair.run(RangeRestorer.from(replica));
    assertFalse(result.finished());
    assertEquals(
        List.of(Outcome.REFUSED, Outcome.RESTORED),
        result.ranges().stream().map(RepairedRange::outcome).toList());
    assertRefused(result.ranges().subList(0, 1));
    assertStillShared(file, copy, shared, disk);

    if (option.equals("dax=never")) { // the command takes long, and does the same on both
      refuseOnTheCommandLine(file, replica);
      assertStillShared(file, copy, shared, disk);
    }

    // Asked for: this file gets blocks of its own, the other keeps the bad ones.
    result = repair.withShared().run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result::toString);
    assertArrayEquals(file.content(), Files.readAllBytes(file.path()));
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(file.path()).verdict());
    assertEquals(shared, FileExtent.page(copy.path(), SHARED));
    BadBlockReport other = BadBlockScanner.trustingLists().scanFile(copy.path());
    assertEquals(Verdict.BAD, other.verdict(), other::toString);
    assertEquals(
        List.of((long) SHARED * Sectors.PAGE),
        other.badRanges().stream().map(BadRange::offset).toList());
    assertFalse(other.badRanges().get(0).shared());
  }

  private static void refuseOnTheCommandLine(TestFile file, Path replica) {
    Command.Result command = CommandLine.run("repair", "--yes", "--from", replica, file.path());
    assertEquals(2, command.exitCode(), command::toString);
    assertTrue(command.output().contains("12288+4096: refused: it is shared"), command::toString);
  }

  private static void overwrite(TestFile file, int page) throws IOException {
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(file.page(page)), (long) page * Sectors.PAGE);
      channel.force(true);
    }
  }

  private static void assertRefused(List<RepairedRange> refused) {
    assertEquals(1, refused.size());
    assertEquals(
        new ByteRange((long) SHARED * Sectors.PAGE, Sectors.PAGE), refused.get(0).blocks());
    assertEquals(Outcome.REFUSED, refused.get(0).outcome());
    assertTrue(refused.get(0).message().startsWith("it is shared with another file"));
  }

  private static void assertStillShared(
      TestFile file, TestFile copy, Sectors shared, Namespace disk) throws IOException {
    assertEquals(shared, FileExtent.page(file.path(), SHARED));
    assertEquals(shared, FileExtent.page(copy.path(), SHARED));
    assertTrue(disk.badBlocks().stream().anyMatch(bad -> bad.contains(shared)));
    for (TestFile each : List.of(file, copy)) {
      BadBlockReport report = BadBlockScanner.trustingLists().scanFile(each.path());
      assertEquals(
          List.of(true),
          report.badRanges().stream().map(BadRange::shared).toList(),
          report::toString);
    }
  }
}
