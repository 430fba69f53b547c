package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads a damaged file for SalvageReader. A read is a pass over the range, repeated if the scan it
 * relied on was out of date.
 */
final class DamagedFile implements AutoCloseable {
  private static final int CHUNK = 256 << 10;
  private static final int PASSES = 4;

  private final Descriptor file;
  private final ScannedHost host;
  private final ReadSources sources;
  private final ByteBuffer staging = ByteBuffer.allocate(CHUNK);

  /** Whether ranges that the journal of a repair lists as zeros count as lost, even if readable. */
  private boolean trustsJournal = true;

  private KnownDamage known;
  private FileStatus status;

  private DamagedFile(Descriptor file, ScannedHost host, BadBlockReport report) throws IOException {
    this.file = file;
    this.host = host;
    this.sources = new ReadSources(file, host);
    this.status = file.status();
    if (status.type() != FileStatus.Type.REGULAR && status.type() != FileStatus.Type.BLOCK_DEVICE) {
      throw NativeError.invalidType(
          "read",
          path(),
          "only regular files and block devices can be read, not a " + status.type().words());
    }
    this.known = report == null ? KnownDamage.scan(file, host) : KnownDamage.of(report, file);
  }

  /** Opens a file and scans it. */
  public static DamagedFile open(Path path, ScannedHost host) throws IOException {
    return of(Descriptor.open(path, Descriptor.Mode.READ), host);
  }

  /** Scans a file, which is closed with this, or on failure. */
  static DamagedFile of(Descriptor file, ScannedHost host) throws IOException {
    return of(file, host, null);
  }

  /** Uses the report of a scan just made; scans the file if that is null. */
  static DamagedFile of(Descriptor file, ScannedHost host, BadBlockReport report)
      throws IOException {
    try {
      return new DamagedFile(file, host, report);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Reads a range from the medium, even if the journal lists it as possible zeros: for a repair,
   * which knows the expected bytes.
   */
  synchronized ReadResult readMedium(long offset, ByteBuffer target) throws IOException {
    trustsJournal = false;
    try {
      return read(offset, target);
    } finally {
      trustsJournal = true;
    }
  }

  public Path path() {
    return file.path();
  }

  /** The file, for as long as this is open. */
  Descriptor descriptor() {
    return file;
  }

  /** Call this before {@link #verify}. */
  synchronized void beginVerification() throws IOException {
    sources.beginVerification(dax());
  }

  /** Reads a range from the medium, if the file system supports that, and discards the bytes. */
  synchronized ReadResult verify(long offset, long length) throws IOException {
    sources.fromMedium(true);
    try {
      return transferTo(offset, length, bytes -> bytes.position(bytes.limit()));
    } finally {
      sources.fromMedium(false);
    }
  }

  /** Call this after {@link #verify}; returns what the reads reached. */
  synchronized ReadMethod endVerification() {
    return sources.endVerification();
  }

  /** For a pass, which holds the lock. */
  ReadSources sources() {
    return sources;
  }

  /** Where sysfs is mounted. */
  Path sysfs() {
    return host.host().sys();
  }

  /** The current size in bytes, also of a device. */
  public long size() throws IOException {
    return FileIo.end(file);
  }

  /** The result of the last scan. */
  synchronized KnownDamage known() {
    return known;
  }

  /** Where to continue reading: after a hole, unless an interrupted repair zeroed a part of it. */
  synchronized long nextData(long offset) throws IOException {
    long end = size();
    if (offset < 0) {
      throw new IllegalArgumentException("no offset in a file: " + offset);
    } else if (offset >= end || status.type() != FileStatus.Type.REGULAR) {
      return offset;
    }
    try {
      long found = FileIo.nextData(file, offset).orElse(end);
      RangeSet zeroed = known.zeroed(offset, found);
      return zeroed.isEmpty() ? found : zeroed.offset(0);
    } catch (IOException e) {
      if (FileIo.isMediaError(e)) { // The file system's map of the file is lost.
        return offset;
      }
      throw e;
    }
  }

  /**
   * The end, in whole pages, of what {@link #nextData} has found; {@code unknown} bytes further on
   * where the file system does not say.
   */
  synchronized long dataEnd(long offset, long unknown) throws IOException {
    long end = offset + Math.min(unknown, Long.MAX_VALUE - offset);
    RangeSet zeroed = known.zeroed(offset, end);
    if (!zeroed.isEmpty() && zeroed.offset(0) == offset) {
      return zeroed.end(0);
    }
    try {
      long hole =
          status.type() == FileStatus.Type.REGULAR
              ? FileIo.nextHole(file, offset).orElse(offset)
              : offset;
      if (hole > offset) {
        return ByteRange.between(offset, hole).alignedTo(FileIo.PAGE).end();
      }
    } catch (IOException e) {
      if (!FileIo.isMediaError(e)) {
        throw e;
      }
    }
    return end;
  }

  /** Reads until the buffer is full or the file ends. */
  public synchronized ReadResult read(long offset, ByteBuffer target) throws IOException {
    if (offset < 0 || offset > Long.MAX_VALUE - target.remaining()) {
      throw new IllegalArgumentException("no offset in a file: " + offset);
    }
    RangeSet.Builder lost = RangeSet.builder();
    long at = offset;
    while (target.hasRemaining()) {
      int length = Math.min(target.remaining(), CHUNK);
      ReadResult chunk;
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
    return new ReadResult(at - offset, lost.build());
  }

  /** Takes bytes, some or all of them. */
  @FunctionalInterface
  interface Sink {
    /** Takes the buffer's array up to its limit, or less, and moves its position past that. */
    void write(ByteBuffer bytes) throws IOException;
  }

  /** Copies a range, lost bytes as zeros. */
  public synchronized ReadResult transferTo(long offset, long length, Sink target)
      throws IOException {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("no range of a file: " + offset + ", length " + length);
    }
    RangeSet.Builder lost = RangeSet.builder();
    long done = 0;
    while (done < length) {
      int wanted = (int) Math.min(length - done, CHUNK);
      ReadResult chunk = readChunk(offset + done, staging.clear().limit(wanted));
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
    return new ReadResult(done, lost.build());
  }

  private ReadResult readChunk(long offset, ByteBuffer target) throws IOException {
    int start = target.position();
    for (int pass = 1; ; pass++) {
      SalvagePass attempt = new SalvagePass(this, offset, target.position(start), pass < PASSES);
      ReadResult salvaged = attempt.run();
      if (!attempt.doubtful() || !known.pmem() || pass == PASSES) {
        return salvaged;
      }
      // The scan did not report an error, or the file may have moved off the sectors that were
      // read.
      ByteRange pages = new ByteRange(offset, salvaged.length()).alignedTo(FileIo.PAGE);
      KnownDamage before = known;
      known = before.rescan(file, host, pages);
      status = file.status();
      if (known.sameIn(pages, before)) {
        return salvaged;
      }
    }
  }

  /** Whether bytes of a range are lost, as of the last scan. */
  boolean lostIn(ByteRange range) {
    return lost().intersects(range);
  }

  /** Whether all bytes of a range are lost, as of the last scan. */
  boolean lost(ByteRange range) {
    return lost().contains(range);
  }

  private RangeSet lost() {
    return trustsJournal ? known.lost() : known.listed();
  }

  /** Whether a read goes past the page cache. */
  boolean dax() {
    return host.dax(status);
  }

  boolean trustsJournal() {
    return trustsJournal;
  }

  @Override
  public synchronized void close() {
    sources.close();
    file.close();
  }
}
