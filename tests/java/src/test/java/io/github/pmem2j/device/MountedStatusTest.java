package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real file systems on a loop device that a made-up sysfs calls persistent memory: who owns which
 * sector, compared with what the file systems' own tools say.
 */
@Tag("slow")
@ExtendWith(NoLiveHandles.class)
class MountedStatusTest {
  private static final int PAGE = 4096;
  private static final int SECTOR = 512;
  private static final int PER_PAGE = PAGE / SECTOR;
  private static final long MIB = 1 << 20;

  @TempDir private Path directory;
  private String loop;
  private Path mount;
  private boolean mounted;
  private FakeDisk disk;

  /** The owners that are expected of each bad sector. */
  private final Map<Long, List<BadBlockOwner>> expected = new TreeMap<>();

  private record Ended(int code, String output) {}

  private static Ended attempt(Object... words) {
    try {
      Process process =
          new ProcessBuilder(Arrays.stream(words).map(Object::toString).toList())
              .redirectErrorStream(true)
              .start();
      try (InputStream in = process.getInputStream()) {
        String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
      }
    } catch (IOException e) {
      return new Ended(-1, e.getMessage());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String run(Object... words) {
    Ended ended = attempt(words);
    assertEquals(0, ended.code, () -> Arrays.toString(words) + ": " + ended.output);
    return ended.output;
  }

  private void makeFileSystem(long size, Object... mkfs) throws IOException {
    Path image = Files.createFile(directory.resolve("image"));
    run("truncate", "-s", size, image);
    Ended found = attempt("losetup", "-f", "--show", image);
    assumeTrue(found.code == 0, "this user may not make loop devices: " + found.output);
    loop = found.output.strip();
    Object[] words = Arrays.copyOf(mkfs, mkfs.length + 1);
    words[mkfs.length] = loop;
    run(words);
    mount = Files.createDirectory(directory.resolve("mount"));
    Ended ended = attempt("mount", loop, mount);
    assumeTrue(ended.code == 0, "this kernel does not have the file system: " + ended.output);
    mounted = true;
    Path root = Files.createDirectory(mount.resolve("fake"));
    disk = FakeDisk.create(root);
    Files.createSymbolicLink(
        Files.createDirectory(root.resolve("dev")).resolve(FakeDisk.NAME), Path.of(loop));
  }

  @AfterEach
  void unmount() {
    if (mounted) {
      run("umount", mount);
    }
    if (loop != null) {
      run("losetup", "-d", loop);
    }
  }

  private Path file(String name, int pages) throws IOException {
    return Files.write(mount.resolve(name), new byte[pages * PAGE], StandardOpenOption.CREATE_NEW);
  }

  private Path directory(int entries) throws IOException {
    Path made = Files.createDirectory(mount.resolve("directory"));
    for (int i = 0; i < entries; i++) {
      Files.createFile(made.resolve("a name of some length that takes up space " + i));
    }
    return made;
  }

  private static BadBlockOwner owner(Kind kind, Path path, String detail) {
    return new BadBlockOwner(kind, Optional.ofNullable(path), Optional.empty(), detail);
  }

  private void expect(long sector, BadBlockOwner... owners) {
    expected.put(sector, List.of(owners));
  }

  /** A sector of a page of a file is to be bad. */
  private void expectFile(Kind kind, long page, int sector, Path... files) {
    String map = run("filefrag", "-s", "-v", "-b512", files[0]);
    Matcher row = Pattern.compile("\\d+: +(\\d+)\\.\\. *(\\d+): +(\\d+)\\.\\.").matcher(map);
    long at = page * PER_PAGE + sector;
    while (true) {
      assertTrue(row.find(), map);
      long first = Long.parseLong(row.group(1));
      if (first <= at && at <= Long.parseLong(row.group(2))) {
        List<BadBlockOwner> owners = new ArrayList<>();
        for (Path file : files) {
          owners.add(BadBlockOwner.file(kind, file, new ByteRange(at * SECTOR, SECTOR)));
        }
        expected.put(Long.parseLong(row.group(3)) + at - first, owners);
        return;
      }
    }
  }

  /** Lists what is expected as bad, and compares. */
  private DeviceStatus assertStatus(String type) throws IOException {
    StringBuilder list = new StringBuilder();
    RangeSet.Builder bytes = RangeSet.builder();
    expected.keySet().forEach(sector -> list.append(sector).append(" 1\n"));
    expected.keySet().forEach(sector -> bytes.add(sector * SECTOR, SECTOR));
    disk.list(list.toString());
    Host host = disk.host();
    List<DeviceStatus> all = new StatusReader(host, ProgressListener.none()).read(List.of());
    assertEquals(1, all.size(), all::toString);
    DeviceStatus status = all.get(0);
    Map<Long, List<BadBlockOwner>> found = new TreeMap<>();
    for (OwnedRange owned : status.ranges()) {
      for (long at = owned.range().offset(); at < owned.range().end(); at += SECTOR) {
        long distance = at - owned.range().offset();
        found.put(
            at / SECTOR,
            owned.owners().stream()
                .map(o -> o.kind() == Kind.UNKNOWN ? owner(o.kind(), null, "") : o)
                .map(o -> o.slice(distance, SECTOR))
                .toList());
      }
    }
    assertEquals(expected, found);
    assertEquals(bytes.build(), status.badBlocks());
    assertTrue(status.uses().get(0).startsWith(type + " on " + mount), status::toString);
    return status;
  }

  /** The last sector of the largest piece of XFS of a kind. */
  private static long largest(String map, String what) {
    Matcher row = Pattern.compile("\\[(\\d+)\\.\\.(\\d+)\\]: +" + what).matcher(map);
    return row.results()
        .map(r -> new long[] {Long.parseLong(r.group(1)), Long.parseLong(r.group(2))})
        .max(Comparator.comparing(piece -> piece[1] - piece[0]))
        .orElseThrow(() -> new AssertionError(what + " in " + map))[1];
  }

  /** A read fails on a whole block, also if it is larger than a page. */
  @Test
  void aScanOfAPageInALargerBlock() throws IOException {
    makeFileSystem(400 * MIB, "mkfs.xfs", "-q", "-f", "-b", "size=16384");
    Path file = file("file", 16);
    disk.spoil(file, 3 * PAGE);
    RangeSet block = RangeSet.of(new ByteRange(0, 4 * PAGE));
    BadBlockScanner scanner = new BadBlockScanner(disk.host());
    assertEquals(block, scanner.scanFile(file).unreadable());
    assertEquals(block, scanner.scanFile(file, new ByteRange(PAGE, 1)).unreadable());
  }

  private void xfs(String options) throws IOException {
    makeFileSystem(320 * MIB, "mkfs.xfs", "-q", "-f", "-m", options);
    Path file = file("file", 16);
    Path clone = mount.resolve("clone");
    run("cp", "--reflink=always", file, clone);
    Path own = file("own", 16);
    Path unwritten = mount.resolve("unwritten");
    run("fallocate", "-l", 16 * PAGE, unwritten);
    Path journal = file(".own.pmem2j-repair", 1);
    expectFile(Kind.FILE, 5, 3, clone, file);
    expectFile(Kind.FILE, 9, 0, own);
    expectFile(Kind.UNWRITTEN, 2, 1, unwritten);
    expectFile(Kind.REPAIR_JOURNAL, 0, 7, journal);
  }

  @Test
  void xfsThatKnowsTheOwnerOfEachBlock() throws IOException {
    xfs("reflink=1,rmapbt=1");
    Path made = directory(100);
    run("sync", "-f", mount);
    String map = run("xfs_io", "-r", "-c", "fsmap", mount);
    expect(largest(map, "journalling log"), owner(Kind.LOG, null, ""));
    expect(largest(map, "free space"), owner(Kind.FREE, null, ""));
    expect(largest(map, "inodes"), owner(Kind.METADATA, null, "inodes"));
    expect(
        largest(map, "static fs metadata"),
        owner(Kind.METADATA, null, "superblock and group headers"));
    String inode = "inode " + Files.getAttribute(made, "unix:ino") + " ";
    expect(largest(map, inode), owner(Kind.METADATA, made, "directory"));
    assertStatus("xfs");
  }

  @Test
  void xfsThatOnlyKnowsWhatIsFree() throws IOException {
    xfs("reflink=1,rmapbt=0");
    run("sync", "-f", mount);
    String map = run("xfs_io", "-r", "-c", "fsmap", mount);
    expect(largest(map, "free space"), owner(Kind.FREE, null, ""));
    expect(2, owner(Kind.UNKNOWN, null, "")); // a header
    assertStatus("xfs");
  }

  private static long number(String text, String regex) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertTrue(matcher.find(), text);
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void ext4() throws IOException {
    makeFileSystem(256 * MIB, "mkfs.ext4", "-q", "-F", "-b", PAGE);
    Path file = file("file", 16);
    Path unwritten = mount.resolve("unwritten");
    run("fallocate", "-l", 16 * PAGE, unwritten);
    Path made = directory(100);
    Path deleted = file("deleted", 4);
    run("sync", "-f", mount);
    expectFile(Kind.FILE, 5, 3, file);
    expectFile(Kind.UNWRITTEN, 2, 1, unwritten);
    long lastOfDirectory =
        number(run("filefrag", "-v", "-b512", made), "0\\.\\. +\\d+: +(\\d+)\\.\\.");
    expect(lastOfDirectory, owner(Kind.METADATA, made, "directory"));
    expect(2, owner(Kind.METADATA, null, "superblock and group headers"));
    String groups = run("dumpe2fs", loop);
    long table = number(groups, "Inode table at \\d+-(\\d+)");
    expect(table * PER_PAGE, owner(Kind.METADATA, null, "inodes"));
    long free = number(groups.substring(groups.lastIndexOf("Free blocks: ")), "(\\d+)\\s*\\n");
    expect(free * PER_PAGE, owner(Kind.FREE, null, ""));
    String journal = run("debugfs", "-R", "stat <8>", loop);
    long lastOfJournal = number(journal, "\\(0-\\d+\\):\\d+-(\\d+)");
    expect(lastOfJournal * PER_PAGE, owner(Kind.LOG, null, ""));
    expectFile(Kind.FILE, 1, 0, deleted);
    long open =
        expected.entrySet().stream()
            .filter(e -> e.getValue().get(0).path().equals(Optional.of(deleted)))
            .findFirst()
            .orElseThrow()
            .getKey();
    expect(open, owner(Kind.UNKNOWN, null, ""));
    try (InputStream held = Files.newInputStream(deleted)) {
      Files.delete(deleted);
      DeviceStatus status = assertStatus("ext4");
      String why =
          status.ranges().stream()
              .flatMap(range -> range.owners().stream())
              .filter(o -> o.kind() == Kind.UNKNOWN)
              .findFirst()
              .orElseThrow()
              .detail();
      assertTrue(why.contains("deleted and still open"), why);
      assertEquals(0, held.read());
    }
  }
}
