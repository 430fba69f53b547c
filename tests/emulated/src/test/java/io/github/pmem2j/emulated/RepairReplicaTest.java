package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.RangeSet;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Repairs from a replica that is on the same bad device, or is the damaged file. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class RepairReplicaTest {
  private static final int PAGES = 16;

  private Namespace disk;
  private Path mount;
  private TestFile file;

  private void create(Namespace namespace, Path mounted) throws IOException {
    disk = namespace;
    mount = mounted;
    file = TestFile.create(mount.resolve("file"), PAGES);
  }

  private void spoil(Path path, int page, int sector) {
    disk.inject(new Sectors(FileExtent.page(path, page).first() + sector, 1));
  }

  private static long at(int page, int sector) {
    return (long) page * Sectors.PAGE + (long) sector * Sectors.SIZE;
  }

  private static RangeSet sectors(long... offsets) {
    RangeSet.Builder set = RangeSet.builder();
    for (long offset : offsets) {
      set.add(offset, Sectors.SIZE);
    }
    return set.build();
  }

  /** All but what is lost reads as it was written, and no repair is pending. */
  private void assertLost(Path path, RangeSet lost) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(file.content().length);
    try (SalvageReader reader = SalvageReader.open(path)) {
      assertEquals(new ReadResult(all.capacity(), lost), reader.read(0, all));
    }
    byte[] expected = file.content().clone();
    lost.forEach(range -> Arrays.fill(expected, (int) range.offset(), (int) range.end(), (byte) 0));
    assertArrayEquals(expected, all.array());
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(path);
    assertTrue(
        report.badRanges().stream().allMatch(range -> range.kind() == BadRange.Kind.DATA),
        report::toString);
  }

  private static List<Outcome> outcomes(RepairResult result) {
    result.ranges().forEach(System.out::println);
    return result.ranges().stream().map(RepairedRange::outcome).toList();
  }

  @Test
  void theReplicaHasLostOtherSectorsAndOneOfTheSame(Machine machine) throws IOException {
    Namespace first = machine.disks().get(0);
    create(first, machine.ext4(first.device()));
    Path replica = Files.write(mount.resolve("replica"), file.content());
    Command.run("sync", "-f", mount);
    spoil(file.path(), 3, 1);
    spoil(file.path(), 5, 2);
    spoil(file.path(), 9, 4);
    spoil(replica, 3, 2);
    spoil(replica, 5, 2);
    spoil(replica, 12, 0);
    BadBlockRepair repair = BadBlockRepair.of(file.path());
    RepairResult result = repair.run(RangeRestorer.from(replica));
    assertEquals(List.of(Outcome.RESTORED, Outcome.FAILED, Outcome.RESTORED), outcomes(result));
    String why = result.ranges().get(1).message();
    assertTrue(why.startsWith("could not obtain replacement bytes: " + replica + ": "), why);
    assertTrue(why.contains("21504+512"), why);
    assertLost(file.path(), sectors(at(5, 2)));
    assertLost(replica, sectors(at(3, 2), at(5, 2), at(12, 0)));
    // The other way round: what the file has again, and what neither has.
    result = BadBlockRepair.of(replica).run(RangeRestorer.from(file.path()));
    assertEquals(List.of(Outcome.RESTORED, Outcome.FAILED, Outcome.RESTORED), outcomes(result));
    assertLost(replica, sectors(at(5, 2)));
    Path good = Files.write(Files.createTempFile("good", ""), file.content());
    assertTrue(repair.run(RangeRestorer.from(good)).finished());
    assertLost(file.path(), RangeSet.empty());
  }

  /** By each of its names: a hard link, a symbolic link, the directory mounted a second time. */
  @Test
  void theReplicaIsTheFile(Machine machine) throws IOException {
    Namespace first = machine.disks().get(0);
    create(first, machine.ext4(first.device()));
    spoil(file.path(), 3, 1);
    Path link = Files.createLink(mount.resolve("link"), file.path());
    Path symbolic = Files.createSymbolicLink(mount.resolve("symbolic"), file.path());
    Path again = machine.mount(mount, "--bind").resolve("file");
    for (Path replica : List.of(file.path(), link, symbolic, again)) {
      for (Path repaired : List.of(file.path(), link, again)) {
        BadBlockRepair repair = BadBlockRepair.of(repaired);
        IOException e =
            assertThrows(IOException.class, () -> repair.run(RangeRestorer.from(replica)));
        assertEquals(
            replica + " is " + repaired + " itself: name another copy of it to restore from",
            e.getMessage());
      }
    }
    assertLost(file.path(), sectors(at(3, 1)));
    assertEquals(List.of(file.path(), link, symbolic), Sysfs.list(mount, "(?!lost\\+found).*"));
  }

  /** Another name on another file system: what an interrupted repair has zeroed is not restored. */
  @Test
  void theReplicaIsTheFileThroughAnOverlay(Machine machine) throws IOException {
    Namespace first = machine.disks().get(0);
    create(first, machine.ext4(first.device()));
    Path directory = Files.createTempDirectory("overlay");
    Path upper = Files.createDirectory(directory.resolve("upper"));
    Path work = Files.createDirectory(directory.resolve("work"));
    String layers = "lowerdir=%s,upperdir=%s,workdir=%s".formatted(mount, upper, work);
    Path merged = machine.mount(Path.of("overlay"), "-t", "overlay", "-o", layers);
    spoil(file.path(), 3, 1);
    Path replica = merged.resolve("file");
    BadBlockRepair repair = BadBlockRepair.of(file.path());
    assertEquals(List.of(Outcome.FAILED), outcomes(repair.run(RangeRestorer.from(replica))));
    assertLost(file.path(), sectors(at(3, 1)));
  }

  /** The replica shares the bad blocks; shared or not, nothing is cleared. */
  @Test
  void theReplicaIsAReflink(Machine machine) throws IOException {
    Namespace first = machine.disks().get(0);
    create(first, machine.xfsWithSharing(first.device()));
    Path replica = mount.resolve("replica");
    Command.run("cp", "--reflink=always", file.path(), replica);
    Command.run("sync", "-f", mount);
    spoil(file.path(), 3, 1);
    Sysfs.write(Path.of("/proc/sys/vm/drop_caches"), "3");
    BadBlockRepair repair = BadBlockRepair.of(file.path());
    assertEquals(List.of(Outcome.REFUSED), outcomes(repair.run(RangeRestorer.from(replica))));
    RepairResult result = repair.withShared().run(RangeRestorer.from(replica));
    assertEquals(List.of(Outcome.FAILED), outcomes(result));
    String why = result.ranges().get(0).message();
    assertTrue(why.startsWith("could not obtain replacement bytes: " + replica + ": "), why);
    assertEquals(FileExtent.page(file.path(), 3), FileExtent.page(replica, 3));
    assertLost(file.path(), sectors(at(3, 1)));
  }
}
