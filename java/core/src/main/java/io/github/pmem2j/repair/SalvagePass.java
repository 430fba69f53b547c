package io.github.pmem2j.repair;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One reading of one chunk of a damaged file, under its lock. */
final class SalvagePass {
  private static final int PAGE = FileIo.PAGE;

  private final DamagedFile of;
  private final ReadSources sources;
  private final KnownDamage known;
  private final boolean dax;
  private final ByteBuffer target;
  private final boolean useSectors;
  private final RangeSet.Builder lost = RangeSet.builder();
  private final long offset;
  private long at;
  private boolean doubtful;

  SalvagePass(DamagedFile of, long offset, ByteBuffer target, boolean useSectors) {
    this.of = of;
    this.sources = of.sources();
    this.known = of.known();
    this.dax = of.dax();
    this.offset = offset;
    this.at = offset;
    this.target = target;
    this.useSectors = useSectors;
  }

  /** Whether it found an error unknown to the scan, or read sectors from the device. */
  boolean doubtful() {
    return doubtful;
  }

  ReadResult run() throws IOException {
    boolean more = true;
    while (more && target.hasRemaining()) {
      long end = at + target.remaining();
      ByteRange bad =
          known.unreadable().firstIn(new ByteRange(at, target.remaining())).orElse(null);
      if (bad == null) {
        more = readGood(end);
      } else if (bad.offset() > at) {
        more = readGood(bad.offset());
      } else {
        more = readBad(Math.min(bad.end(), end));
      }
    }
    return new ReadResult(at - offset, lost.build());
  }

  /** Reads up to {@code end}, where no damage is known; false at the end of the file. */
  private boolean readGood(long end) throws IOException {
    boolean narrow = false;
    while (at < end) {
      long stop = narrow ? Math.min(end, at / PAGE * PAGE + PAGE) : end;
      int count = read(stop);
      if (count == 0) {
        return false;
      }
      if (count == FileIo.UNREADABLE && stop - at > PAGE - at % PAGE) {
        narrow = true;
      } else if (count == FileIo.UNREADABLE) {
        doubtful = true;
        if (!recover(stop)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Reads up to {@code end}, where blocks hold lost bytes; false at the end of the file. */
  private boolean readBad(long end) throws IOException {
    while (at < end) {
      long stop = Math.min(end, at / PAGE * PAGE + PAGE);
      // Without DAX the page cache may still have the page, and newer than the device.
      boolean refused =
          dax ? of.trustsJournal() || pageListed(at) : !known.zeroed(at, stop).isEmpty();
      int count = refused ? FileIo.UNREADABLE : read(stop);
      if (count == 0 || (count == FileIo.UNREADABLE && !recover(stop))) {
        return false;
      }
    }
    return true;
  }

  private int read(long end) throws IOException {
    int limit = target.limit();
    target.limit(target.position() + (int) (end - at));
    int count = sources.read(target, at);
    target.limit(limit);
    at += Math.max(count, 0);
    return count;
  }

  /** Reads a page that the kernel refused sector by sector; false at the end of the file. */
  private boolean recover(long end) throws IOException {
    // The page cache loses what it has read along with the damage, many pages of it on XFS.
    readPast(PAGE, end);
    boolean more = true;
    if (at < end && of.lost(ByteRange.between(at, end))) {
      return skip(end);
    }
    while (more && at < end) {
      long sector = at / BadRange.SECTOR_SIZE * BadRange.SECTOR_SIZE;
      long stop = Math.min(end, sector + BadRange.SECTOR_SIZE);
      more = readPast(BadRange.SECTOR_SIZE, stop) || readDevice(sector, stop) || skip(stop);
    }
    return more;
  }

  /** Reads up to {@code end}, of one unit, past the page cache; false if it cannot. */
  private boolean readPast(int unit, long end) {
    long from = at / unit * unit;
    if (dax || lostIn(from, from + unit)) {
      return false;
    }
    ByteBuffer bytes;
    try {
      bytes = sources.readDirect(from, unit);
      if (bytes.limit() <= at - from) {
        return false;
      }
    } catch (IOException e) {
      return false; // Not supported, larger sectors, or another error.
    }
    put(bytes, from, end);
    return true;
  }

  private void put(ByteBuffer bytes, long from, long end) {
    long stop = Math.min(end, from + bytes.limit());
    target.put(bytes.limit((int) (stop - from)).position((int) (at - from)));
    at = stop;
  }

  /** Reads a sector from the device below; false if the device is unknown, or has lost it. */
  private boolean readDevice(long sector, long end) throws IOException {
    ByteBuffer bytes = recovered(sector);
    if (bytes == null) {
      return false;
    }
    long stop = withinFile(end);
    if (stop <= at) {
      return false;
    }
    put(bytes, sector, stop);
    doubtful = true;
    return true;
  }

  private ByteBuffer recovered(long sector) throws IOException {
    // A read that fails for another reason than damage is not retried on the device, either.
    if (!useSectors
        || !unreadable(sector, BadRange.SECTOR_SIZE)
        || lostIn(sector, sector + BadRange.SECTOR_SIZE)) {
      return null;
    }
    DeviceSectors device = sources.sectors();
    return device == null ? null : device.read(sector, this::unreadable);
  }

  private boolean unreadable(long from, long length) {
    return known.unreadable().intersects(new ByteRange(from, length));
  }

  private boolean lostIn(long from, long to) {
    return of.lostIn(ByteRange.between(from, to));
  }

  /** Whether the device lists an error in a page, regardless of a journal. */
  private boolean pageListed(long position) {
    return known.listed().intersects(new ByteRange(position / PAGE * PAGE, PAGE));
  }

  /** Gives up on the bytes to {@code end}; false if the file ends before it. */
  private boolean skip(long end) throws IOException {
    long stop = withinFile(end);
    lost.add(at, Math.max(stop - at, 0));
    for (; at < stop; at++) {
      target.put((byte) 0);
    }
    return stop == end;
  }

  private long withinFile(long end) throws IOException {
    return Math.min(end, of.size());
  }
}
