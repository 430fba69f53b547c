package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageResult;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors below what the file system knows of a file: all of it that can be read is read. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class LostMetadataTest {
  /** Of a file without extents: behind these blocks are those that an indirect block lists. */
  private static final int DIRECT = 12;

  private static final int INDIRECT = Sectors.PAGE / 4;

  private static final int EXTENTS = 1000;

  private final Path copy = Path.of("/run/copy");

  @Test
  void aFileWithoutItsAttributesIsRead(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    // An inode without room for attributes.
    Command.run("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE, "-I", 128, disk.device());
    Path mount = machine.mount(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), 16);
    Files.getFileAttributeView(file.path(), UserDefinedFileAttributeView.class)
        .write("test", ByteBuffer.wrap(new byte[200]));
    Path again = spoil(disk, mount, "File ACL: (\\d+)", 0, machine);

    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(again);
    assertEquals(
        List.of(IncompleteReason.Code.ATTRIBUTES_UNREADABLE),
        report.reasons().stream().map(IncompleteReason::code).toList());
    assertEquals(List.of(), report.badRanges());
    assertEquals(
        new SalvageResult(file.content().length, RangeSet.of(), Optional.empty()), salvage(again));
    assertArrayEquals(file.content(), Files.readAllBytes(copy));
    Command.Result verified = CommandLine.run("verify", again);
    assertEquals(3, verified.exitCode(), verified::toString);
    assertTrue(verified.errors().contains("extended attributes"), verified::toString);
  }

  @Test
  void aFileWithoutAPartOfItsMapIsRead(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Command.run("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE, "-O", "^extent,^64bit", disk.device());
    Path mount = machine.mount(disk.device());
    TestFile file = TestFile.create(mount.resolve("file"), DIRECT + 3 * INDIRECT);
    Path again = spoil(disk, mount, "\\(IND\\):(\\d+)", 1, machine);

    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(again);
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertEquals(
        IncompleteReason.Code.EXTENTS_UNREADABLE, report.reasons().get(0).code(), report::toString);
    assertEquals(1, CommandLine.run("verify", again).exitCode());
    ByteRange lost =
        new ByteRange((long) (DIRECT + INDIRECT) * Sectors.PAGE, (long) INDIRECT * Sectors.PAGE);
    assertEquals(
        new SalvageResult(file.content().length, RangeSet.of(lost), Optional.empty()),
        salvage(again));
    byte[] expected = file.content().clone();
    Arrays.fill(expected, (int) lost.offset(), (int) lost.end(), (byte) 0);
    assertArrayEquals(expected, Files.readAllBytes(copy));
  }

  /** The file is in as many extents as three leaves of its tree hold; the second one is bad. */
  @Test
  void aFileWithoutALeafOfItsExtentTreeIsNotClean(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.ext4(disk.device());
    try (FileChannel file =
        FileChannel.open(
            mount.resolve("file"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int page = 0; page < 2 * EXTENTS; page += 2) {
        file.write(ByteBuffer.allocate(Sectors.PAGE), (long) page * Sectors.PAGE);
      }
    }
    Path again = spoil(disk, mount, "\\(ETB0\\):(\\d+)", 1, machine);

    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(again);
    assertEquals(Verdict.UNKNOWN, report.verdict(), report::toString);
    assertEquals(
        List.of(IncompleteReason.Code.EXTENTS_UNREADABLE),
        report.reasons().stream().map(IncompleteReason::code).toList());
    assertEquals(1, CommandLine.run("verify", again).exitCode());
  }

  /** Makes a block bad that debugfs names, and forgets what was read of it. */
  private static Path spoil(Namespace disk, Path mount, String regex, int skip, Machine machine) {
    machine.unmount(mount);
    String inode = Command.run("debugfs", "-R", "stat file", disk.device());
    Matcher matcher = Pattern.compile(regex).matcher(inode);
    for (int i = 0; i <= skip; i++) {
      assertTrue(matcher.find(), inode);
    }
    long block = Long.parseLong(matcher.group(1));
    disk.inject(new Sectors(block * Sectors.PER_PAGE, Sectors.PER_PAGE));
    return machine.mount(disk.device()).resolve("file");
  }

  private SalvageResult salvage(Path file) throws IOException {
    Salvage salvage = Salvage.of(file, copy);
    Files.deleteIfExists(copy);
    Files.deleteIfExists(salvage.mapFile());
    return salvage.run();
  }
}
