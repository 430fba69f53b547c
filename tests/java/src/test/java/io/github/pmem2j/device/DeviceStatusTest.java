package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.PathBytes;
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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLiveHandles.class)
class DeviceStatusTest extends StatusTestCase {
  private static final int PAGE = 4096;

  private Path file(String name) throws IOException {
    Path file = Files.write(data.resolve(name), new byte[4 * PAGE]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return file;
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

  /**
   * Without labels there is no pfn device, and the kernel has pages for the memory nevertheless.
   */
  @Test
  void aNamespaceWithPages() throws IOException {
    Path disks = disk.link().toRealPath().getParent();
    Files.writeString(disks.resolveSibling("mode"), "memory\n");
    assertEquals("fsdax", one().mode());
    assertTrue(one().stack().contains("namespace0.0, fsdax"), one().stack());
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

  /** Here one that cannot be looked at. */
  @Test
  void aPathWithAMountWhoseDevicesAreUnknown() throws IOException {
    assertTrue(read(data).get(0).complete());
    moreMounts = "22 21 0:99 / %s/gone rw - btrfs /dev/pmem1 rw\n".formatted(data);
    List<DeviceStatus> all = read(data);
    assertEquals(2, all.size(), all::toString);
    assertTrue(all.get(0).complete());
    DeviceStatus rest = all.get(1);
    assertEquals(data.toString(), rest.device());
    assertEquals("unknown", rest.mode());
    assertFalse(rest.complete());
    assertTrue(rest.reasons().get(0).message().contains("/gone"), rest::toString);
  }

  /** Two such paths must not have the same label in the metrics. */
  @Test
  void aPathThatIsNotUtf8HasADeviceOfItsOwn() throws IOException {
    Path odd = PathBytes.path(PathBytes.bytes(data + "/\udcff"));
    Files.createDirectory(odd);
    moreMounts = "22 21 0:99 / %s/\udcff/gone rw - btrfs /dev/pmem1 rw\n".formatted(data);
    assertEquals(data + "/\\xff", read(odd).get(1).device());
  }

  @Test
  void aDeviceThatIsRemovedMeanwhileIsNotLeftOut() throws IOException {
    Files.delete(disk.host().sys().resolve("block").resolve(FakeDisk.NAME));
    IOException e = assertThrows(IOException.class, () -> read(data));
    assertEquals("status: pmem0 was removed meanwhile: read the status again", e.getMessage());
  }

  @Test
  void withoutSysfsNothingIsKnown() {
    NoSuchFileException e =
        assertThrows(
            NoSuchFileException.class,
            () ->
                new StatusReader(disk.host().withSys(data), ProgressListener.none())
                    .read(List.of()));
    assertTrue(e.getMessage().contains("mount"), e::toString);
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
  void aMalformedList() throws IOException {
    disk.list("nonsense\n");
    DeviceStatus status = one();
    assertEquals(List.of(), status.ranges());
    assertEquals(1, status.reasons().size());
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
