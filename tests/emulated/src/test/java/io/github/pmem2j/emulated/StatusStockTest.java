package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.device.OwnedRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares the owners of bad sectors with the reports of the file systems' own tools. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class StatusStockTest {
  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  /** The expected owner of each sector that is made bad, in the order of the device. */
  private final Map<Long, List<BadBlockOwner>> expected = new TreeMap<>();

  private static BadBlockOwner owner(Kind kind) {
    return new BadBlockOwner(kind, Optional.empty(), Optional.empty(), "");
  }

  private static BadBlockOwner metadata(String detail) {
    return new BadBlockOwner(Kind.METADATA, Optional.empty(), Optional.empty(), detail);
  }

  private static BadBlockOwner of(Kind kind, Path file, long page, int sector) {
    long offset = page * Sectors.PAGE + (long) sector * Sectors.SIZE;
    return new BadBlockOwner(
        kind, Optional.of(file), Optional.of(new ByteRange(offset, Sectors.SIZE)), "");
  }

  /** Adds a sector of a page of a file. */
  private void file(Kind kind, long page, int sector, long shift, Path... files) {
    List<BadBlockOwner> owners = new ArrayList<>();
    for (Path file : files) {
      owners.add(of(kind, file, page, sector));
    }
    expected.put(FileExtent.page(files[0], page).first() + sector + shift, owners);
  }

  /** Makes them bad, and compares the owner of each; there must be no others. */
  private DeviceStatus assertStatus(Namespace disk) throws IOException {
    expected.keySet().forEach(sector -> disk.inject(new Sectors(sector, 1)));
    RangeSet before = list(disk);
    String name = disk.device().getFileName().toString();
    DeviceStatus status =
        DeviceStatus.ofMachine().stream()
            .filter(each -> each.device().equals(name))
            .findFirst()
            .orElseThrow();
    Map<Long, List<BadBlockOwner>> found = new TreeMap<>();
    for (OwnedRange range : status.ranges()) {
      System.out.println(name + " " + range);
      assertEquals(Sectors.SIZE, range.range().length(), range::toString);
      List<BadBlockOwner> owners =
          range.owners().stream()
              .map(o -> o.kind() == Kind.UNKNOWN || o.kind() == Kind.LOG ? owner(o.kind()) : o)
              .toList();
      found.put(range.range().offset() / Sectors.SIZE, owners);
    }
    assertEquals(expected, found);
    // A write of the file system clears errors, so the list may be shorter now, but not longer.
    assertEquals(RangeSet.empty(), status.badBlocks().minus(before));
    assertEquals(RangeSet.empty(), list(disk).minus(status.badBlocks()));
    return status;
  }

  private static RangeSet list(Namespace disk) {
    RangeSet.Builder list = RangeSet.builder();
    disk.badBlocks().forEach(bad -> list.add(bad.offset(), bad.length()));
    return list.build();
  }

  /** The location of an owner in the kernel's map of XFS: the last sector of its largest extent. */
  private static long mapped(String map, String what) {
    Matcher row = Pattern.compile("\\[(\\d+)\\.\\.(\\d+)\\]: +" + what).matcher(map);
    return row.results()
        .map(r -> new long[] {Long.parseLong(r.group(1)), Long.parseLong(r.group(2))})
        .max(Comparator.comparing(extent -> extent[1] - extent[0]))
        .orElseThrow(() -> new AssertionError(what + " in " + map))[1];
  }

  @Test
  void xfs(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    Path mount = machine.xfsWithSharing(disk.device());
    Path file = TestFile.create(mount.resolve("file"), 16).path();
    Path clone = mount.resolve("clone");
    Command.run("cp", "--reflink=always", file, clone);
    Path own = TestFile.create(mount.resolve("own"), 16).path();
    Path unwritten = mount.resolve("unwritten");
    Command.run("fallocate", "-l", 16 * Sectors.PAGE, unwritten);
    Path directory = Files.createDirectory(mount.resolve("directory"));
    for (int i = 0; i < 100; i++) {
      Files.createFile(directory.resolve("a name of some length that takes up space " + i));
    }
    Path journal = TestFile.create(mount.resolve(".own.pmem2j-repair"), 1).path();
    Command.run("sync", "-f", mount);
    String map = Command.run("xfs_io", "-r", "-c", "fsmap", mount);

    file(Kind.FILE, 5, 3, 0, clone, file);
    file(Kind.FILE, 9, 0, 0, own);
    file(Kind.UNWRITTEN, 2, 1, 0, unwritten);
    file(Kind.REPAIR_JOURNAL, 0, 7, 0, journal);
    expected.put(mapped(map, "journalling log"), List.of(owner(Kind.LOG)));
    expected.put(mapped(map, "free space"), List.of(owner(Kind.FREE)));
    expected.put(mapped(map, "inodes"), List.of(metadata("inodes")));
    expected.put(
        mapped(map, "per-AG metadata"), List.of(metadata("free space or reverse mapping")));
    Object inode = Files.getAttribute(directory, "unix:ino");
    expected.put(
        mapped(map, "inode " + inode + " "),
        List.of(
            new BadBlockOwner(
                Kind.METADATA, Optional.of(directory), Optional.empty(), "directory")));
    DeviceStatus status = assertStatus(disk);
    assertTrue(status.uses().get(0).startsWith("xfs on " + mount), status::toString);

    Command.Result command = CommandLine.run("status", "--json", mount);
    System.out.println(command);
    assertEquals(1, command.exitCode());
    assertTrue(
        command.output().contains("\"path\":\"" + own + "\",\"offset\":36864,\"length\":512"));
    Path page = Files.createTempDirectory("status").resolve("page.html");
    Command.Result partly =
        CommandLine.run("status", "--json", "--html", page, "/proc/version", mount, own);
    System.out.println(partly);
    assertEquals(2, partly.exitCode());
    List<String> lines = partly.output().lines().toList();
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).contains("\"path\":\"/proc/version\",\"error\":"));
    assertEquals(command.output().strip(), lines.get(1));
    assertTrue(Files.notExists(page));
    Command.Result text = CommandLine.run("status");
    System.out.println(text);
    assertEquals(1, text.exitCode());
    assertTrue(text.output().contains(own + " at 36864+512"), text::toString);
  }

  /** On a mapped device, so that the sectors of the file system are not those of the disk. */
  @Test
  void ext4OnDeviceMapper(Machine machine) throws IOException {
    Namespace disk = machine.disks().get(0);
    long shift = 16 * MIB;
    Sectors section = new Sectors(shift, 256 * MIB);
    Path mapped = machine.linear("status", new Machine.Section(disk.device(), section));
    // With lazy initialization the kernel writes to the tables later, and that clears errors.
    Command.run(
        "mkfs.ext4",
        "-q",
        "-F",
        "-b",
        Sectors.PAGE,
        "-E",
        "lazy_itable_init=0,lazy_journal_init=0",
        mapped);
    Path mount = machine.mount(mapped, "-o", "dax");
    Path file = TestFile.create(mount.resolve("file"), 16).path();
    Path unwritten = mount.resolve("unwritten");
    Command.run("fallocate", "-l", 16 * Sectors.PAGE, unwritten);
    Path directory = Files.createDirectory(mount.resolve("directory"));
    Files.createFile(directory.resolve("entry"));
    Command.run("sync", "-f", mount);

    file(Kind.FILE, 5, 3, shift, file);
    file(Kind.UNWRITTEN, 2, 1, shift, unwritten);
    expected.put(
        FileExtent.of(directory).get(0).physical() + shift,
        List.of(
            new BadBlockOwner(
                Kind.METADATA, Optional.of(directory), Optional.empty(), "directory")));
    expected.put(shift + 2, List.of(metadata("superblock and group headers")));
    String groups = Command.run("dumpe2fs", mapped);
    long table = number(groups, "Inode table at \\d+-(\\d+)");
    expected.put(table * Sectors.PER_PAGE + shift, List.of(metadata("inodes")));
    long free = number(groups.substring(groups.lastIndexOf("Free blocks: ")), "(\\d+)\\s*\\n");
    expected.put(free * Sectors.PER_PAGE + shift, List.of(owner(Kind.FREE)));
    expected.put(8L, List.of(owner(Kind.UNKNOWN))); // before the mapped part
    DeviceStatus status = assertStatus(disk);
    assertTrue(status.ranges().get(0).owners().get(0).detail().startsWith("outside of the file"));
    assertTrue(status.uses().get(0).startsWith("ext4 on " + mount), status::toString);
  }

  private static long number(String text, String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertTrue(matcher.find(), text);
    return Long.parseLong(matcher.group(1));
  }
}
