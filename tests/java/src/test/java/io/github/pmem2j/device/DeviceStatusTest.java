package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.testkit.FakeDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** On the file system that the tests run on: the list and what is mounted are made up. */
@ExtendWith(NoLiveHandles.class)
class DeviceStatusTest {
  private static final int PAGE = 4096;

  @TempDir private Path directory;
  private final AtomicLong looked = new AtomicLong();
  private FakeDisk disk;
  private Path data;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = FakeDisk.create(directory);
    data = Files.createDirectory(directory.resolve("data"));
  }

  private Path file(String name) throws IOException {
    Path file = Files.write(data.resolve(name), new byte[4 * PAGE]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return file;
  }

  /** With one file system, which shows no more than the data. */
  private List<DeviceStatus> read(Path... paths) throws IOException {
    Path proc = directory.resolve("proc");
    Files.createDirectories(proc.resolve("self"));
    String mount =
        "21 1 %s / %s rw - ext4 /dev/pmem0 rw\n".formatted(disk.link().getFileName(), data);
    Files.writeString(proc.resolve("self/mountinfo"), mount);
    return new StatusReader(disk.host().withProc(proc), progress -> looked.set(progress.done()))
        .read(List.of(paths));
  }

  private DeviceStatus one() throws IOException {
    List<DeviceStatus> all = read();
    assertEquals(1, all.size(), all::toString);
    return all.get(0);
  }

  @Test
  void aHealthyDevice() throws IOException {
    Files.writeString(disk.scrub(), "3\n");
    DeviceStatus status = one();
    assertEquals(FakeDisk.NAME, status.device());
    assertEquals("raw", status.mode());
    assertEquals(1L << 49, status.size());
    assertEquals(
        new ErrorSource(FakeDisk.NAME, ErrorSource.Kind.SCRUBBED, 3, false), status.source());
    assertEquals(1, status.uses().size());
    assertTrue(status.uses().get(0).startsWith("ext4 on " + data + " -> pmem0 (region0"));
    assertTrue(status.complete());
    assertEquals(List.of(), status.ranges());
    assertEquals(0, looked.get());
  }

  @Test
  void aFileByItsNameAndTheSumIsTheList() throws IOException {
    Path file = file("file");
    file("other");
    long sector = disk.firstSector(file);
    // The superblock, a page of the file, and what is behind all file systems.
    disk.list("2 1\n%d 8\n999999990 5\n".formatted(sector + 8));
    DeviceStatus status = one();
    assertEquals(
        RangeSet.of(
            new ByteRange(1024, 512),
            new ByteRange((sector + 8) * 512, PAGE),
            new ByteRange(999_999_990L * 512, 5 * 512)),
        status.badBlocks());
    assertEquals(3, status.ranges().size(), status::toString);
    assertEquals(
        List.of(
            new BadBlockOwner(
                Kind.FILE, Optional.of(file), Optional.of(new ByteRange(PAGE, PAGE)), "")),
        status.ranges().get(1).owners());
    BadBlockOwner behind = status.ranges().get(2).owners().get(0);
    assertEquals(Kind.UNKNOWN, behind.kind());
    assertTrue(behind.detail().contains("no file or directory was found"), behind::detail);
    assertTrue(looked.get() >= 3, "data, file and other");
  }

  /** The first call reads only a few extents of a file. */
  @Test
  void aFileOfManyExtents() throws IOException {
    Path file = data.resolve("sparse");
    int last = 2 * 40 * PAGE;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int offset = 0; offset <= last; offset += 2 * PAGE) {
        channel.write(ByteBuffer.allocate(PAGE), offset);
      }
      channel.force(true);
    }
    disk.spoil(file, last);
    BadBlockOwner owner = one().ranges().get(0).owners().get(0);
    assertEquals(
        BadBlockOwner.file(Kind.FILE, file, new ByteRange(last, 512)), owner, owner::toString);
  }

  @Test
  void aJournalOfARepair() throws IOException {
    Path journal = file(".file.pmem2j-repair");
    disk.list(disk.firstSector(journal) + " 1\n");
    BadBlockOwner owner = one().ranges().get(0).owners().get(0);
    assertEquals(Kind.REPAIR_JOURNAL, owner.kind());
    assertEquals(Optional.of(journal), owner.path());
  }

  @Test
  void aPath() throws IOException {
    assertEquals(1, read(data).size());
    assertThrows(FileSystemException.class, () -> read(Path.of("/proc/version")));
  }

  @Test
  void anInterruptEndsIt() throws IOException {
    disk.list("999999990 5\n");
    Thread.currentThread().interrupt();
    try {
      assertThrows(CancelledException.class, this::read);
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void aListThatIsNone() throws IOException {
    disk.list("nonsense\n");
    DeviceStatus status = one();
    assertEquals(List.of(), status.ranges());
    assertEquals(1, status.reasons().size());
  }

  /** What is before the disk's own data is the namespace's, and what is in no namespace is free. */
  @Test
  void whatARegionListsOutsideOfItsDevices() throws IOException {
    Path region = disk.list().resolve("../../../..").normalize();
    Path namespace = region.resolve("namespace0.0");
    Files.writeString(region.resolve("size"), String.valueOf(1L << 50));
    Files.writeString(region.resolve("resource"), "0x100000000");
    Files.writeString(namespace.resolve("resource"), "0x100200000");
    Files.writeString(namespace.resolve("size"), String.valueOf(1L << 49));
    Files.writeString(region.resolve("badblocks"), "8 1\n5000 2\n");
    List<DeviceStatus> all = read();
    assertEquals(2, all.size());
    assertEquals("region0", all.get(1).device());
    assertEquals("region", all.get(1).mode());
    assertEquals(RangeSet.of(new ByteRange(8 * 512, 512)), all.get(1).badBlocks());
    assertEquals(Kind.FREE, all.get(1).ranges().get(0).owners().get(0).kind());
  }

  private Path regionWithoutDevice() throws IOException {
    Path bus = disk.list().resolve("../../../../..").normalize();
    Path region = Files.createDirectories(bus.resolve("region1"));
    Files.writeString(region.resolve("size"), String.valueOf(1L << 30));
    Files.writeString(region.resolve("resource"), "0x800000000");
    Files.writeString(region.resolve("badblocks"), "");
    Path sys = disk.host().sys();
    Path link = Files.createDirectories(sys.resolve("bus/nd/devices")).resolve("region1");
    Files.createSymbolicLink(link, Path.of("../../..").resolve(sys.relativize(region)));
    return region;
  }

  @Test
  void aRegionWithoutANamespace() throws IOException {
    Path region = regionWithoutDevice();
    List<DeviceStatus> all = read();
    assertEquals(2, all.size(), all::toString);
    DeviceStatus status = all.get(1);
    assertEquals("region1", status.device());
    assertEquals("region1 (no namespace)", status.stack());
    assertEquals("region", status.mode());
    assertEquals(1L << 30, status.size());
    assertEquals(List.of(), status.ranges());
    assertEquals(all.get(0).complete(), status.complete());
    assertEquals(1, read(data).size());
    Files.writeString(region.resolve("badblocks"), "8 2\n");
    status = read().get(1);
    assertEquals(RangeSet.of(new ByteRange(8 * 512, 2 * 512)), status.badBlocks());
    assertEquals(Kind.FREE, status.ranges().get(0).owners().get(0).kind());
    Files.delete(region.resolve("badblocks"));
    assertFalse(read().get(1).complete());
  }

  @Test
  void aRegionWhoseNamespaceIsNotEnabled() throws IOException {
    Path region = regionWithoutDevice();
    Path namespace = Files.createDirectory(region.resolve("namespace1.0"));
    Files.writeString(namespace.resolve("resource"), "0x800000000");
    Files.writeString(namespace.resolve("size"), String.valueOf(1L << 20));
    Files.writeString(region.resolve("badblocks"), "8 2\n");
    DeviceStatus status = read().get(1);
    assertEquals("region1 (no namespace is enabled)", status.stack());
    assertEquals(
        BadBlockOwner.of(Kind.UNKNOWN, "namespace1.0 is not enabled"),
        status.ranges().get(0).owners().get(0));
  }

  @Test
  void listsThatNobodyFillsAreTrustedOnRequest() throws IOException {
    Files.delete(disk.scrub());
    Files.delete(disk.scrub().getParent());
    DeviceStatus status = one();
    assertEquals(ErrorSource.Kind.NOBODY, status.source().kind());
    assertFalse(status.complete());
    status =
        new StatusReader(disk.host().withTrustedLists(), ProgressListener.none())
            .read(List.of())
            .get(0);
    assertEquals(ErrorSource.Kind.TRUSTED, status.source().kind());
    assertTrue(status.complete());
  }
}
