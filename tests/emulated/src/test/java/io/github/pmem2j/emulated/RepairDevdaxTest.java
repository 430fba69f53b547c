package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.repair.Step;
import io.github.pmem2j.internal.repair.Walk;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.scan.BadBlockReport;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.BadRange;
import io.github.pmem2j.scan.Range;
import io.github.pmem2j.scan.Verdict;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A dax device with errors gets its bytes back from a replica. nfit_test leaves the bytes of a
 * cleared error as they were, so the replica has others there: what it gave can be told.
 */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class RepairDevdaxTest {
  private static final Path COPY = Path.of("build/cmake/tests/native/dax_copy").toAbsolutePath();
  private static final Path JOURNALS = Path.of("/var/lib/pmem2j");
  private static final int SECTOR = Sectors.SIZE;
  private static final int LENGTH = 64 * Sectors.PAGE;
  private static final Range FIRST = new Range(10 * SECTOR, 3 * SECTOR);
  private static final Range SECOND = new Range(100 * SECTOR, SECTOR);

  private Namespace devdax;
  private Path replica;
  private byte[] expected;

  @BeforeEach
  void spoil(Machine machine) throws IOException {
    devdax = NfitTest.devdax();
    byte[] content = new byte[LENGTH];
    new Random(7).nextBytes(content);
    Path original = Files.write(Files.createTempFile("content", ""), content);
    Command.run(
        "sh", "-c", "%s write %s 0 %d <%s".formatted(COPY, devdax.device(), LENGTH, original));
    expected = content.clone();
    for (Range lost : List.of(FIRST, SECOND)) {
      Arrays.fill(expected, (int) lost.offset(), (int) lost.end(), (byte) 0x5A);
    }
    replica = Files.write(Files.createTempFile("replica", ""), expected);
    try (RandomAccessFile file = new RandomAccessFile(replica.toFile(), "rw")) {
      file.setLength(BadBlockScanner.scan(devdax.device()).size());
    }
    NfitTest.inject(devdax, sectors(FIRST), sectors(SECOND));
  }

  private static Sectors sectors(Range range) {
    return new Sectors(range.offset() / SECTOR, range.length() / SECTOR);
  }

  private void assertWhole() throws IOException {
    Path now = Files.createTempFile("now", "");
    Command.run("sh", "-c", "%s read %s 0 %d >%s".formatted(COPY, devdax.device(), LENGTH, now));
    assertArrayEquals(expected, Files.readAllBytes(now));
    assertEquals(Verdict.CLEAN, BadBlockScanner.scan(devdax.device()).verdict());
    try (var journals = Files.list(JOURNALS)) {
      assertEquals(List.of(), journals.toList());
    }
  }

  @Test
  void theCommandLineRestoresExactlyWhatIsLost() throws IOException {
    Path other = Files.writeString(Files.createTempFile("other", ""), "too short");
    Command.Result refused = CommandLine.run("repair", "--yes", "--from", other, devdax.device());
    assertEquals(2, refused.exitCode());
    assertTrue(refused.errors().contains("is no copy of " + devdax.device()), refused.errors());
    Command.Result journal =
        CommandLine.run("repair", "--journal", "/tmp", "--yes", "--zero", devdax.device());
    assertEquals(2, journal.exitCode());
    assertTrue(journal.errors().contains("is always /var/lib/pmem2j/dax-"), journal.errors());

    Command.Result plan =
        CommandLine.run("repair", "--dry-run", "--from", replica, devdax.device());
    assertEquals(1, plan.exitCode(), plan.toString());
    assertTrue(plan.output().contains("lost: 5120+1536\n"), plan.output());
    assertTrue(plan.output().contains("lost: 51200+512\n"), plan.output());

    Command.Result repair = CommandLine.run("repair", "--yes", "--from", replica, devdax.device());
    assertEquals(0, repair.exitCode(), repair.toString());
    assertWhole();
  }

  @Test
  void whatAnInterruptedRepairHasClearedIsReported() throws IOException {
    Walk walk =
        new Walk(
            devdax.device(),
            null,
            false,
            BadBlockScanner::scan,
            step -> {
              if (step == Step.CLEARED) {
                throw new IllegalStateException("cut");
              }
            });
    assertThrows(IllegalStateException.class, () -> walk.run(RangeRestorer.from(replica)));
    BadBlockReport report = BadBlockScanner.scan(devdax.device());
    assertEquals(Verdict.BAD, report.verdict());
    BadRange first = report.badRanges().get(0);
    assertEquals(FIRST, new Range(first.offset(), first.length()));
    assertEquals(BadRange.Kind.ZEROED, first.kind());
    assertEquals(BadRange.Kind.DATA, report.badRanges().get(1).kind());
    assertEquals(List.of(FIRST), BadBlockRepair.of(devdax.device()).unfinished());
    assertFalse(devdax.regionBadBlocks().isEmpty(), "the second is not cleared yet");
    assertTrue(BadBlockRepair.of(devdax.device()).run(RangeRestorer.from(replica)).finished());
    assertWhole();
  }
}
