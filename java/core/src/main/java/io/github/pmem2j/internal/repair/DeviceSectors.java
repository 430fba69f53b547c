package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.Descriptor;
import io.github.pmem2j.internal.FileIo;
import io.github.pmem2j.internal.FileStatus;
import io.github.pmem2j.internal.NativeError;
import io.github.pmem2j.scan.BadRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The block device below a file, read by the sector: there an error costs its own 512 bytes, while
 * a page of a file is refused as a whole.
 *
 * <p>Only where the file system is on that disk or on a partition of it: there a block of the file
 * lies on the disk in one piece. Device-mapper may cut it anywhere, and a neighbouring sector would
 * be a guess.
 */
final class DeviceSectors implements AutoCloseable {
  static final int SECTOR = 512;

  private final String name;
  private final Descriptor device;
  private final ByteBuffer sector = ByteBuffer.allocate(SECTOR);

  private DeviceSectors(String name, Descriptor device) {
    this.name = name;
    this.device = device;
  }

  /** Opens the device, or returns null if it may not be read or is not directly below the file. */
  static DeviceSectors open(String name, FileStatus file, Machine machine) {
    try {
      Path devices = machine.sysfs().resolve("dev/block");
      Path entry = devices.resolve(file.device().toString()).toRealPath();
      boolean partition = Files.exists(entry.resolve("partition"));
      Path disk = partition ? entry.getParent() : entry;
      if (!disk.endsWith(name)) {
        return null;
      }
      Path node = machine.dev().resolve(name.replace('!', '/'));
      return new DeviceSectors(
          name, Descriptor.open(node, Descriptor.Mode.READ, Descriptor.Mode.DIRECT));
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * The sector that holds a byte of the file, or null if it is lost too.
   *
   * @param bad a bad range with that byte in its blocks
   * @param offset a multiple of the sector size
   */
  ByteBuffer read(BadRange bad, long offset) throws IOException {
    long start = bad.offset() / SECTOR * SECTOR;
    long position = bad.deviceSector() * SECTOR + (offset - start);
    if (!bad.device().equals(name) || position < 0) {
      return null;
    }
    sector.clear();
    try {
      return FileIo.read(device, sector, position) == SECTOR ? sector.flip() : null;
    } catch (IOException e) {
      if (NativeError.errnoName(e).equals("EINVAL")) {
        return null; // The device has larger sectors.
      }
      throw e;
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
