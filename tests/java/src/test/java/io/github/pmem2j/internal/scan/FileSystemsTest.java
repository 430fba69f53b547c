package io.github.pmem2j.internal.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the device of a file system shows of its files without their extents. */
class FileSystemsTest {
  private static final DeviceNumber DISK = new DeviceNumber(8, 1);

  @TempDir private Path proc;

  /** On a disk that is not persistent memory, with these options. */
  private Optional<ScanResult> onDisk(long magic, String options) throws IOException {
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(
        proc.resolve("self/mountinfo"), "1 0 8:1 / / rw - type /dev/sda1 %s\n".formatted(options));
    return new FileScan(Host.local().withProc(proc))
        .sameForAll(FileSystemType.of(magic), DISK, device -> DeviceStack.other("sda1"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0xEF53, 0x58465342, 0x4D44, 0x73717368, 0x9660, 0x7366746E})
  void ofFileSystemsOnOneDiskNoFileIsOnPersistentMemory(long magic) throws IOException {
    assertTrue(onDisk(magic, "rw").orElseThrow().notPmem());
  }

  /** F2FS, bcachefs, EROFS, fuseblk: they may have several devices, and name only the first. */
  @ParameterizedTest
  @ValueSource(longs = {0xF2F52010L, 0xCA451A4EL, 0xE0F5E1E2L, 0x65735546})
  void ofFileSystemsOnSeveralDevicesTheFirstShowsNothing(long magic) throws IOException {
    assertEquals(Optional.empty(), onDisk(magic, "rw"));
  }

  @Test
  void filesOfXfsMayBeOnItsRealtimeDevice() throws IOException {
    assertEquals(Optional.empty(), onDisk(0x58465342, "rw,rtdev=/dev/pmem0"));
  }
}
