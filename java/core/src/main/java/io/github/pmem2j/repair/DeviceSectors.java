package io.github.pmem2j.repair;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.DeviceNode;
import io.github.pmem2j.internal.linux.ExtentBatch;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileSystemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The block device below a file's file system, read by the sector: an error costs only 512 bytes
 * there, while a DAX file loses the whole page.
 *
 * <p>A sector is used only if the device certainly holds the file's bytes there:
 *
 * <ul>
 *   <li>The file is accessed directly. Without DAX, a read past the page cache returns single
 *       sectors through the file system, which decrypts them and knows newer versions in its
 *       journal.
 *   <li>Its file system stores data unchanged, and no attribute of the file and no flag of the
 *       extent says otherwise.
 *   <li>The node has the number of the device that the file is on. A name proves nothing: it may
 *       belong to another device.
 *   <li>A readable page of the same extent, if there is one, is equal in the file and on the
 *       device.
 * </ul>
 */
final class DeviceSectors implements AutoCloseable {
  /** The most pages on either side of a sector that are compared. */
  private static final int MAX_DISTANCE = 16;

  /** How often to compare a page that may be written at the same time. */
  private static final int MAX_COMPARISONS = 3;

  private final Descriptor file;
  private final Descriptor device;
  private final ByteBuffer sector = ByteBuffer.allocate(BadRange.SECTOR_SIZE);
  private final ByteBuffer here = ByteBuffer.allocate(FileIo.PAGE);
  private final ByteBuffer there = ByteBuffer.allocate(FileIo.PAGE);
  private final ExtentBatch extents = new ExtentBatch(1);

  /**
   * Whether an extent is trusted, by the distance from its offset in the file to that on the
   * device.
   */
  private final Map<Long, Boolean> trusted = new HashMap<>();

  private DeviceSectors(Descriptor file, Descriptor device) {
    this.file = file;
    this.device = device;
  }

  /** Opens the device below a file, or returns null if its sectors may not be the file's. */
  static DeviceSectors open(Descriptor file, ScannedHost host) {
    try {
      FileStatus status = file.status();
      long type = file.fileSystemType();
      if (status.type() != FileStatus.Type.REGULAR
          || !host.dax(status)
          || status.transformed()
          || (type != FileSystemType.EXT_MAGIC && type != FileSystemType.XFS_MAGIC)
          || (type == FileSystemType.XFS_MAGIC && file.realtime())) {
        return null;
      }
      Descriptor device = DeviceNode.openDirect(status.device(), host.host());
      return device == null ? null : new DeviceSectors(file, device);
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * The sector that holds bytes of the file, or null if it is lost, too, or may not hold them.
   *
   * @param offset a multiple of the sector size
   * @param known what is bad in the file
   */
  ByteBuffer read(long offset, Damage known) throws IOException {
    if (!findExtent(offset)
        || extents.logical(0) > offset
        || extents.length(0) < BadRange.SECTOR_SIZE
        || extents.logical(0) + extents.length(0) - BadRange.SECTOR_SIZE < offset
        || !ExtentBatch.plain(extents.flags(0))) {
      return null;
    }
    long shift = extents.physical(0) - extents.logical(0);
    Boolean trust = trusted.get(shift);
    if (trust == null) {
      trust = compare(offset, extents.logical(0), extents.length(0), shift, known);
      trusted.put(shift, trust);
    }
    return trust && readDevice(offset + shift, sector) ? sector.flip() : null;
  }

  private boolean findExtent(long offset) {
    try {
      file.extents(offset, offset + 1, false, extents);
      return extents.count() > 0;
    } catch (IOException e) {
      return false; // The file's map may be lost, too.
    }
  }

  /** What is known to be bad. */
  @FunctionalInterface
  interface Damage {
    /** Whether the range overlaps them, or blocks that contain them. */
    boolean in(long offset, long length);
  }

  /**
   * Compares the pages of an extent that are next to an offset, until one proves that the device
   * has the file's bytes. Zeros prove little, and a page that differs may be being written.
   */
  private boolean compare(long offset, long start, long length, long shift, Damage known)
      throws IOException {
    boolean contradicted = false;
    long page = offset - offset % FileIo.PAGE;
    for (int i = 2; i < 2 * MAX_DISTANCE + 2; i++) {
      long at = page + (i % 2 == 0 ? i / 2 : -(i / 2)) * (long) FileIo.PAGE;
      if (at < start || at + FileIo.PAGE > start + length || known.in(at, FileIo.PAGE)) {
        continue;
      }
      Boolean same = same(at, shift);
      if (same != null && same && !zeros(there)) {
        return true;
      }
      contradicted |= same != null && !same;
    }
    return !contradicted;
  }

  /** Whether a page is equal on the device; null if it cannot be read. */
  private Boolean same(long at, long shift) throws IOException {
    for (int i = 0; i < MAX_COMPARISONS; i++) {
      int count = FileIo.read(file, here.clear(), at);
      if (count <= 0 || !readDevice(at + shift, there)) {
        return null;
      }
      if (here.flip().equals(there.flip().limit(count))) {
        return true;
      }
    }
    return false;
  }

  private static boolean zeros(ByteBuffer bytes) {
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Fills the buffer; false if it cannot. */
  private boolean readDevice(long position, ByteBuffer target) throws IOException {
    try {
      return FileIo.read(device, target.clear(), position) == target.capacity();
    } catch (IOException e) {
      if (NativeError.errnoName(e).equals("EINVAL")) {
        return false; // The device has larger sectors.
      }
      throw e;
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
