package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.SteppedRepair;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.MadeUpReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The second half of a dax device's repair: what was cleared gets its bytes back, through a
 * mapping. No emulated device has both errors to clear and memory to map, so a table of the test
 * says which blocks are bad until they are cleared; {@link ClearAndJournalDevdaxTest} has the first
 * half.
 */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class RepairDevdaxTest {
  private static final Path COPY = Path.of("build/cmake/tests/native/dax_copy").toAbsolutePath();
  private static final int SECTOR = Sectors.SIZE;
  private static final int LENGTH = 3 << 20; // more than the page of 2 MiB
  private static final List<ByteRange> LOST =
      List.of(
          new ByteRange(10 * SECTOR, 3 * SECTOR), new ByteRange((2 << 20) - SECTOR, 2 * SECTOR));

  private Namespace disk;
  private Path device;
  private Path replica;
  private byte[] original;
  private byte[] expected;

  @BeforeEach
  void make(Machine machine) throws IOException {
    disk = machine.disks().get(0);
    Command.run("ndctl", "create-namespace", "-f", "-e", disk.name(), "-m", "devdax");
    device =
        machine.disks().stream()
            .filter(namespace -> namespace.name().equals(disk.name()))
            .findFirst()
            .orElseThrow()
            .device();
    Sysfs.await(device + " to appear", () -> Files.exists(device));
    original = new byte[LENGTH];
    new Random(7).nextBytes(original);
    Path content = Files.write(Files.createTempFile("content", ""), original);
    copy("write %s 0 %d <%s".formatted(device, LENGTH, content));
    expected = original.clone();
    for (ByteRange lost : LOST) { // others than were there, so that it shows what was restored
      Arrays.fill(expected, (int) lost.offset(), (int) lost.end(), (byte) 0x5A);
    }
    replica = Files.write(Files.createTempFile("replica", ""), expected);
    try (RandomAccessFile file = new RandomAccessFile(replica.toFile(), "rw")) {
      file.setLength(BadBlockScanner.trustingLists().scanFile(device).size());
    }
  }

  @AfterEach
  void reshape() {
    Command.run("ndctl", "create-namespace", "-f", "-e", disk.name(), "-m", "raw");
    Sysfs.await(disk + " to come back", () -> Files.exists(disk.device()));
  }

  private static void copy(String arguments) {
    Command.run("sh", "-c", COPY + " " + arguments);
  }

  private void assertHolds(byte[] bytes) throws IOException {
    Path now = Files.createTempFile("now", "");
    copy("read %s 0 %d >%s".formatted(device, LENGTH, now));
    assertArrayEquals(bytes, Files.readAllBytes(now));
  }

  /** A repair with a table of what is bad, which a clearing empties; stopped behind a step. */
  private SteppedRepair walk(String last) {
    List<ByteRange> bad = new ArrayList<>(LOST);
    return new SteppedRepair(
        device,
        null,
        path -> MadeUpReport.of(path, path.equals(device) ? bad : List.of()),
        step -> {
          if (step.equals("CLEARED")) {
            bad.remove(0);
          }
          if (step.equals(last)) {
            throw new IllegalStateException("cut");
          }
        });
  }

  @Test
  void restoresExactlyWhatIsLost() throws IOException {
    RepairResult result = walk(null).run(RangeRestorer.from(replica));
    assertTrue(result.finished(), result.toString());
    assertEquals(2, result.ranges().size());
    assertHolds(expected);
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(device).verdict());
  }

  /** Another node of the device, in a container, has a lock of its own; the journal is the same. */
  @Test
  void isAloneWithTheJournals() throws IOException {
    Path journals = Files.createDirectories(Path.of("/var/lib/pmem2j"));
    try (Descriptor other = Descriptor.open(journals, Descriptor.Mode.READ)) {
      assertTrue(FileIo.tryLock(other));
      IOException e =
          assertThrows(IOException.class, () -> walk(null).run(RangeRestorer.from(replica)));
      assertTrue(e.getMessage().contains("is repairing a dax device"), e.getMessage());
    }
    assertHolds(original);
  }

  /** Of an interrupted repair everything is real: the scanner, the journal, the mapping. */
  @Test
  void finishesWhatWasInterrupted() throws IOException {
    SteppedRepair cut = walk("CLEARED");
    assertThrows(IllegalStateException.class, () -> cut.run(RangeRestorer.from(replica)));
    assertEquals(Verdict.BAD, BadBlockScanner.trustingLists().scanFile(device).verdict());
    assertEquals(
        LOST,
        BadBlockRepair.of(device).plan().ranges().stream()
            .filter(RepairPlan.Planned::unfinished)
            .map(RepairPlan.Planned::blocks)
            .toList());
    Path other = Files.writeString(Files.createTempFile("other", ""), "too short");
    Command.Result refused = CommandLine.run("repair", "--yes", "--from", other, device);
    assertEquals(2, refused.exitCode(), refused.toString());
    assertTrue(refused.errors().contains("is no copy of " + device), refused.errors());
    assertHolds(original);

    Command.Result plan = CommandLine.run("repair", "--dry-run", "--from", replica, device);
    assertEquals(1, plan.exitCode(), plan.toString());
    assertTrue(plan.output().contains("lost: 5120+1536\n"), plan.output());
    Command.Result repair = CommandLine.run("repair", "--yes", "--from", replica, device);
    // Restored, but nothing looks for other errors of this device.
    assertEquals(3, repair.exitCode(), repair.toString());
    assertHolds(expected);
    assertEquals(Verdict.CLEAN, BadBlockScanner.trustingLists().scanFile(device).verdict());
    try (var journals = Files.list(Path.of("/var/lib/pmem2j"))) {
      assertFalse(journals.findAny().isPresent());
    }
  }
}
