package io.github.pmem2j.testkit;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.ExtentBatch;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bad sectors of one file. Their content is replaced by garbage, and a sector is bad as long as
 * any of that remains. Not thread-safe.
 *
 * <p>The file stays open until the end, because closing a descriptor releases the locks that the
 * process has on the file, see fcntl(2), and so that no other file gets its sectors.
 */
final class FileDamage implements AutoCloseable {
  private static final int SECTOR = BadRange.SECTOR_SIZE;

  /** This many bytes do not equal the garbage by chance. */
  private static final int NO_CHANCE = 4;

  private final Descriptor file;
  private final byte[] garbage;
  private final Map<Long, Sector> sectors = new TreeMap<>();
  private final ExtentBatch extents = new ExtentBatch(1);

  /**
   * A bad sector.
   *
   * @param deviceSector its number on the device
   * @param before the file's data in it before
   */
  private record Sector(long deviceSector, byte[] before) {}

  FileDamage(Path path, byte[] garbage) throws IOException {
    this.file = Descriptor.open(path, Descriptor.Mode.READ, Descriptor.Mode.WRITE);
    this.garbage = garbage;
  }

  boolean isOf(FileStatus status) throws IOException {
    return file.status().sameFile(status);
  }

  /** Makes sectors bad. */
  void add(ByteRange range) throws IOException {
    extents.clear();
    for (long at = range.offset(); at < range.end(); at += SECTOR) {
      if (place(at) < 0) {
        throw new IllegalArgumentException(
            file.path() + " has no block at " + at + ": only what is allocated can be damaged");
      }
    }
    for (long at = range.offset(); at < range.end(); at += SECTOR) {
      if (!sectors.containsKey(at)) {
        byte[] data = data(at);
        sectors.put(at, new Sector(place(at) / SECTOR, data));
        FileIo.write(file, ByteBuffer.wrap(garbage, 0, data.length).slice(), at);
      }
    }
    FileIo.sync(file);
    extents.clear();
    for (long at = range.offset(); at < range.end(); at += SECTOR) { // A shared block has moved.
      sectors.put(at, new Sector(place(at) / SECTOR, sectors.get(at).before));
    }
  }

  /**
   * The offset of a byte of the file on the device, or -1; from the last extent if that contains
   * it.
   */
  private long place(long offset) throws IOException {
    if (!inExtent(offset)) {
      file.extents(offset, true, extents);
    }
    return inExtent(offset) && !ExtentBatch.noPlace(extents.flags(0))
        ? extents.physical(0) + offset - extents.logical(0)
        : -1;
  }

  private boolean inExtent(long offset) {
    return extents.count() > 0
        && extents.logical(0) <= offset
        && offset < extents.logical(0) + extents.length(0);
  }

  /** The file's data in a sector: none past its end or in a hole. */
  private byte[] data(long offset) throws IOException {
    if (place(offset) < 0 || ExtentBatch.unwritten(extents.flags(0))) {
      return new byte[0];
    }
    ByteBuffer buffer = ByteBuffer.allocate(SECTOR);
    while (buffer.hasRemaining() && FileIo.read(file, buffer, offset + buffer.position()) > 0) {}
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private boolean isBad(long offset, Sector sector) throws IOException {
    byte[] now = data(offset);
    return place(offset) == sector.deviceSector * SECTOR
        && (now.length == 0) == (sector.before.length == 0)
        && (now.length == 0 || !garbageIn(now, sector).isEmpty());
  }

  /** The bytes of a sector that were not overwritten since it was damaged. */
  private RangeSet garbageIn(byte[] now, Sector sector) {
    int length = Math.min(now.length, sector.before.length);
    int shortest = Math.min(NO_CHANCE, length);
    RangeSet.Builder found = RangeSet.builder();
    int begin = 0;
    while (begin < length) {
      int differs = Arrays.mismatch(now, begin, length, garbage, begin, length);
      int end = differs < 0 ? length : begin + differs;
      if (end - begin >= shortest) {
        found.add(begin, end - begin);
      }
      begin = end + 1;
    }
    return found.build();
  }

  /**
   * Forgets sectors that were overwritten or that the file no longer has; returns whether there
   * were any.
   */
  boolean update() throws IOException {
    extents.clear();
    boolean changed = false;
    for (Long at : sectors.keySet().toArray(Long[]::new)) {
      if (!isBad(at, sectors.get(at))) {
        sectors.remove(at);
        changed = true;
      }
    }
    return changed;
  }

  /** Makes sectors good, with their old content; returns whether any was bad. */
  boolean heal(ByteRange range) throws IOException {
    extents.clear();
    boolean changed = false;
    for (Long at : sectors.keySet().toArray(Long[]::new)) {
      if (range.intersects(new ByteRange(at, SECTOR))) {
        Sector sector = sectors.remove(at);
        if (isBad(at, sector)) {
          for (ByteRange part : garbageIn(data(at), sector)) {
            int begin = (int) part.offset();
            FileIo.write(
                file,
                ByteBuffer.wrap(sector.before, begin, (int) part.length()).slice(),
                at + begin);
          }
        }
        changed = true;
      }
    }
    if (changed) {
      FileIo.sync(file);
    }
    return changed;
  }

  /** Adds the bad sectors of the device. */
  void addTo(RangeSet.Builder list) {
    sectors.values().forEach(sector -> list.add(sector.deviceSector, 1));
  }

  @Override
  public void close() {
    file.close();
  }
}
