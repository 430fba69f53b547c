package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;

/** The reading behind SalvageReader. A read is a pass over the range, repeated if it was wrong. */
final class DamagedFile implements AutoCloseable {
  /** The unit in which the kernel refuses a file's bytes. */
  static final int PAGE = 4096;

  private static final int CHUNK = 256 << 10;
  private static final int PASSES = 4;

  private final Descriptor file;
  private final ScannedHost host;
  private final ByteBuffer staging = ByteBuffer.allocate(CHUNK);

  /** Whether what the journal of a repair says is zeros is lost, whatever can be read. */
  private boolean believesJournal = true;

  private BadBlockReport report;
  private FileStatus status;

  /** The same file, past the page cache; null until it is needed. */
  private Descriptor direct;

  private final ByteBuffer page = ByteBuffer.allocate(PAGE);

  /** The device below; null until it is needed, and where it is of no use. */
  private DeviceSectors sectors;

  private boolean sectorsOpened;

  private DamagedFile(Descriptor file, ScannedHost host) throws IOException {
    this.file = file;
    this.host = host;
    this.status = file.status();
    if (status.type() != FileStatus.Type.REGULAR && status.type() != FileStatus.Type.BLOCK_DEVICE) {
      throw NativeError.invalidType(
          "read",
          path(),
          "only regular files and block devices can be read, not a " + status.type().words());
    }
    this.report = scan();
  }

  /** Opens a file and scans it. */
  public static DamagedFile open(Path path, ScannedHost host) throws IOException {
    return of(Descriptor.open(path, Descriptor.Mode.READ), host);
  }

  /** Scans a file, and closes it with this, or where it cannot. */
  static DamagedFile of(Descriptor file, ScannedHost host) throws IOException {
    try {
      return new DamagedFile(file, host);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What is zeros after an interrupted repair must be known, else they would be read as good. */
  private BadBlockReport scan() throws IOException {
    BadBlockReport scanned = host.scan(file);
    for (IncompleteReason reason : scanned.reasons()) {
      if (reason.code() == IncompleteReason.Code.REPAIR_JOURNAL
          || reason.code() == IncompleteReason.Code.FILE_UNREADABLE) {
        throw new IOException(
            path()
                + ": which of it is zeros cannot be told, so it is not read: "
                + reason.message());
      }
    }
    return scanned;
  }

  /**
   * What the medium has of a range, also where the journal says that zeros may be there: for the
   * repair that knows what must be.
   */
  synchronized Salvaged readMedium(long offset, ByteBuffer target) throws IOException {
    believesJournal = false;
    try {
      return read(offset, target);
    } finally {
      believesJournal = true;
    }
  }

  /** The path as the caller gave it. */
  public Path path() {
    return file.path();
  }

  /** The file, for as long as this is open. */
  Descriptor descriptor() {
    return file;
  }

  /** Where sysfs is mounted. */
  Path sysfs() {
    return host.host().sys();
  }

  /** How long it is now, in bytes; of a device, too. */
  public long size() throws IOException {
    return FileIo.end(file);
  }

  /** Why there may be zeros of an interrupted repair that count as good. */
  public synchronized List<IncompleteReason> reasons() {
    return report.reasons().stream()
        .filter(reason -> reason.code() == IncompleteReason.Code.ATTRIBUTES_UNREADABLE)
        .toList();
  }

  /** Whether the range is known to hold lost bytes. */
  synchronized boolean damageKnown(long offset, long length) {
    return report.intersects(offset, length);
  }

  /** What an interrupted repair has left as zeros from one offset to another. */
  synchronized RangeSet zeroed(long from, long to) {
    RangeSet.Builder zeroed = RangeSet.builder();
    report.badRanges().stream()
        .filter(bad -> bad.kind() == BadRange.Kind.ZEROED)
        .forEach(bad -> zeroed.add(bad.range()));
    return zeroed.build().intersect(ByteRange.between(from, to));
  }

  /** Reads until the buffer is full or the file ends. */
  public synchronized Salvaged read(long offset, ByteBuffer target) throws IOException {
    if (offset < 0 || offset > Long.MAX_VALUE - target.remaining()) {
      throw new IllegalArgumentException("no offset in a file: " + offset);
    }
    RangeSet.Builder lost = RangeSet.builder();
    long at = offset;
    while (target.hasRemaining()) {
      int length = Math.min(target.remaining(), CHUNK);
      Salvaged chunk;
      if (target.hasArray()) {
        int from = target.position();
        chunk = readChunk(at, target.duplicate().limit(from + length));
        target.position(from + (int) chunk.length());
      } else {
        chunk = readChunk(at, staging.clear().limit(length));
        target.put(staging.flip());
      }
      lost.addAll(chunk.lost());
      at += chunk.length();
      if (chunk.length() < length) {
        break;
      }
    }
    return new Salvaged(at - offset, lost.build());
  }

  /** Copies a range, lost bytes as zeros. */
  public synchronized Salvaged transferTo(long offset, long length, WritableByteChannel target)
      throws IOException {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("no range of a file: " + offset + ", length " + length);
    }
    RangeSet.Builder lost = RangeSet.builder();
    long done = 0;
    while (done < length) {
      int wanted = (int) Math.min(length - done, CHUNK);
      Salvaged chunk = readChunk(offset + done, staging.clear().limit(wanted));
      staging.flip();
      while (staging.hasRemaining()) {
        target.write(staging);
      }
      lost.addAll(chunk.lost());
      done += chunk.length();
      if (chunk.length() < wanted) {
        break;
      }
    }
    return new Salvaged(done, lost.build());
  }

  private Salvaged readChunk(long offset, ByteBuffer target) throws IOException {
    int start = target.position();
    for (int pass = 1; ; pass++) {
      Pass attempt = new Pass(offset, target.position(start), pass < PASSES);
      Salvaged salvaged = attempt.run();
      if (!attempt.doubtful || report.verdict() == Verdict.NOT_PMEM || pass == PASSES) {
        return salvaged;
      }
      // An error that the scan did not know, or sectors taken from where the file was then.
      BadBlockReport now = scan();
      List<BadRange> before = report.badRanges();
      report = now;
      status = file.status();
      if (now.badRanges().equals(before)) {
        return salvaged;
      }
    }
  }

  private DeviceSectors sectors() {
    if (!sectorsOpened) {
      sectors = DeviceSectors.open(file, host);
      sectorsOpened = true;
    }
    return sectors;
  }

  @Override
  public synchronized void close() {
    if (sectors != null) {
      sectors.close();
    }
    if (direct != null) {
      direct.close();
    }
    file.close();
  }

  /** One reading of one chunk. */
  private final class Pass {
    private final ByteBuffer target;
    private final boolean useSectors;
    private final RangeSet.Builder lost = RangeSet.builder();
    private final long offset;
    private long at;
    private boolean doubtful;

    Pass(long offset, ByteBuffer target, boolean useSectors) {
      this.offset = offset;
      this.at = offset;
      this.target = target;
      this.useSectors = useSectors;
    }

    Salvaged run() throws IOException {
      boolean more = true;
      while (more && target.hasRemaining()) {
        long end = at + target.remaining();
        ByteRange bad = report.firstBadIn(at, target.remaining()).orElse(null);
        if (bad == null) {
          more = readGood(end);
        } else if (bad.offset() > at) {
          more = readGood(bad.offset());
        } else {
          more = readBad(Math.min(bad.end(), end));
        }
      }
      return new Salvaged(at - offset, lost.build());
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
        boolean refused = host.dax(status) ? believesJournal : !zeroed(at, stop).isEmpty();
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
      int count = FileIo.read(file, target, at);
      target.limit(limit);
      at += Math.max(count, 0);
      return count;
    }

    /** Goes sector by sector through a page that was refused; false at the end of the file. */
    private boolean recover(long end) throws IOException {
      // The page cache loses what it has read along with the damage, many pages of it on XFS.
      readPast(PAGE, end);
      boolean more = true;
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
      if (host.dax(status) || lostIn(from, from + unit)) {
        return false;
      }
      try {
        if (direct == null) {
          direct = file.reopen(Descriptor.Mode.READ, Descriptor.Mode.DIRECT);
        }
        if (FileIo.read(direct, page.clear().limit(unit), from) <= at - from) {
          return false;
        }
      } catch (IOException e) {
        return false; // No such reads here, larger sectors, another error: it was a second chance.
      }
      put(page.flip(), from, end);
      return true;
    }

    private void put(ByteBuffer bytes, long from, long end) {
      long stop = Math.min(end, from + bytes.limit());
      target.put(bytes.limit((int) (stop - from)).position((int) (at - from)));
      at = stop;
    }

    /** Reads a sector from the device below; false if that is not known, or has lost it. */
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
      // What is refused for another reason than damage is not to be had below, either.
      if (!useSectors
          || !report.intersects(sector, BadRange.SECTOR_SIZE)
          || lostIn(sector, sector + BadRange.SECTOR_SIZE)) {
        return null;
      }
      DeviceSectors device = sectors();
      return device == null ? null : device.read(sector, report::intersects);
    }

    private boolean lostIn(long from, long to) {
      return report.badRanges().stream()
          .filter(bad -> believesJournal || bad.kind() != BadRange.Kind.ZEROED)
          .anyMatch(bad -> bad.offset() < to && from < bad.end());
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
      return Math.min(end, FileIo.end(file));
    }
  }
}
