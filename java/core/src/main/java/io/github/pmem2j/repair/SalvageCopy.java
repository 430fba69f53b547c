package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Copies a file for {@link Salvage}. */
final class SalvageCopy {
  private static final int BUFFER = 256 << 10;
  private static final long AT_ONCE = 8 << 20;

  /** The most bytes that are copied again after an interruption. */
  private static final long BETWEEN_SAVES = 1L << 30;

  private final SalvageFiles files;
  private final DamagedFile reader;
  private final Descriptor source;
  private final Descriptor target;

  /** Whether this shares the source's lock, so that no repair begins; else another holds it. */
  private final boolean shared;

  /** Whether the source may have holes: a device has none, and does not support the query. */
  private final boolean holes;

  private final SalvageMap map;
  private final LongWork work;
  private final String resume;
  private final long size;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private Progress progress;
  private long done;
  private long lost;
  private long unsaved;

  private SalvageCopy(SalvageFiles files, boolean shared, LongWork work, Path mapPath)
      throws IOException {
    this.shared = shared;
    this.files = files;
    this.reader = files.reader();
    this.source = reader.descriptor();
    this.holes = source.status().type() == FileStatus.Type.REGULAR;
    this.target = files.target();
    this.map = files.map();
    this.work = work;
    this.resume = "run the same again, which continues with the mapfile " + mapPath;
    this.size = files.size();
  }

  /** Copies everything that the map does not list as finished. */
  public static SalvageResult run(
      Path from,
      Path to,
      Path mapPath,
      SalvageOptions options,
      ScannedHost host,
      ProgressListener listener)
      throws IOException {
    LongWork work = new LongWork("salvage", from, listener);
    Descriptor file = Descriptor.open(from, Descriptor.Mode.READ);
    boolean shared = FileIo.share(file);
    try (DamagedFile reader = DamagedFile.of(file, host);
        SalvageFiles files = new SalvageFiles(reader, to, mapPath, options)) {
      return new SalvageCopy(files, shared, work, mapPath).run();
    }
  }

  private SalvageResult run() throws IOException {
    try {
      files.begin();
      Optional<Instant> finishedBefore = map.completed();
      RangeSet untried = map.all(SalvageMap.NOT_TRIED);
      RangeSet lostBefore = map.all(SalvageMap.LOST);
      done = size - untried.total() - lostBefore.total();
      for (RangeSet todo : List.of(untried, lostBefore)) {
        for (ByteRange range : todo) {
          copy(range);
        }
      }
      checkUnchanged();
      RangeSet lostNow = map.all(SalvageMap.LOST);
      if (finishedBefore.isEmpty() || !lostNow.equals(lostBefore)) {
        map.completed(Instant.now().truncatedTo(ChronoUnit.SECONDS));
      }
      save(size);
      return new SalvageResult(size, lostNow, finishedBefore);
    } catch (IOException | RuntimeException e) {
      files.abandon(!shrunk());
      throw e;
    }
  }

  private void copy(ByteRange range) throws IOException {
    long at = range.offset();
    while (at < range.end()) {
      long begin = Math.min(nextData(at, range.end()), range.end());
      copyHole(at, begin);
      long end = begin < range.end() ? Math.min(nextHole(begin, range.end()), range.end()) : begin;
      for (at = begin; at < end; ) {
        long count = copyWhole(at, Math.min(end - at, AT_ONCE));
        at += count > 0 ? count : copyChunk(at, (int) Math.min(end - at, BUFFER));
      }
    }
  }

  /**
   * The start of the next data; if the file system's map of the file is lost, data may be anywhere.
   */
  private long nextData(long at, long end) throws IOException {
    try {
      return holes ? FileIo.nextData(source, at).orElse(end) : at;
    } catch (IOException e) {
      if (FileIo.isMediaError(e)) {
        return at;
      }
      throw e;
    }
  }

  /** The end of the data; if that map is lost, the end of a chunk. */
  private long nextHole(long at, long end) throws IOException {
    try {
      return holes ? FileIo.nextHole(source, at).orElse(end) : end;
    } catch (IOException e) {
      if (FileIo.isMediaError(e)) {
        return at + BUFFER;
      }
      throw e;
    }
  }

  /** Keeps a hole; but a range that an interrupted repair has zeroed may be a hole, and is lost. */
  private void copyHole(long offset, long end) throws IOException {
    long at = offset;
    for (ByteRange zeroed : reader.known().zeroed(offset, end)) {
      finishedHole(at, zeroed.offset());
      for (at = zeroed.offset(); at < zeroed.end(); ) {
        at += copyChunk(at, (int) Math.min(zeroed.end() - at, BUFFER));
      }
    }
    finishedHole(at, end);
  }

  /** The copy may have other bytes there: ddrescue writes over an older file. */
  private void finishedHole(long offset, long end) throws IOException {
    for (long at = offset; at < end; ) {
      at = Math.min(FileIo.nextData(target, at).orElse(end), end);
      int length = (int) Math.min(end - at, BUFFER);
      files.write(ByteBuffer.allocate(length), at);
      at += length;
    }
    finished(offset, end - offset, RangeSet.empty());
  }

  /** Updates the map before it calls the listener, which may throw. */
  private void finished(long offset, long length, RangeSet lostThere) {
    map.mark(offset, length, SalvageMap.FINISHED);
    lostThere.forEach(range -> map.mark(range.offset(), range.length(), SalvageMap.LOST));
    done += length;
    lost += lostThere.total();
    progress = work.report(done, size, lost);
  }

  /** Copies fast, up to an error or known damage. */
  private long copyWhole(long offset, long length) throws IOException {
    if (reader.known().unreadable().intersects(new ByteRange(offset, length))) {
      return 0;
    }
    long count = FileIo.copy(source, target, offset, length);
    copied(offset, count, RangeSet.empty());
    return count;
  }

  private long copyChunk(long offset, int length) throws IOException {
    ReadResult chunk = reader.read(offset, buffer.clear().limit(length));
    if (chunk.length() == 0) {
      throw shorter();
    }
    ByteRange whole = new ByteRange(offset, chunk.length());
    for (ByteRange good : chunk.lost().complementIn(whole)) {
      int from = (int) (good.offset() - offset);
      files.write(buffer.limit(from + (int) good.length()).position(from), good.offset());
    }
    copied(offset, chunk.length(), chunk.lost());
    return chunk.length();
  }

  /** Saves the map after the first block: without one, the map does not identify the copy. */
  private void copied(long offset, long length, RangeSet lostThere) throws IOException {
    finished(offset, length, lostThere);
    unsaved += length;
    if (done < size && (unsaved >= BETWEEN_SAVES || (unsaved > 0 && !files.vouched()))) {
      save(offset + length);
    }
    if (length > 0 && done < size) {
      work.check(progress, RangeSet::empty, resume);
    }
  }

  private IOException shorter() {
    return new IOException(
        source.path()
            + ": it was "
            + size
            + " bytes long when the copy began and is shorter now: stop what writes to it, and"
            + " salvage again with --restart");
  }

  /** A repair, which holds the lock, may have put zeros where this has read. */
  private void checkUnchanged() throws IOException {
    String changes = map.source().changes(SalvageIdentity.ofSource(source, size, reader.sysfs()));
    if (!shared && !changes.isEmpty()) {
      throw new IOException(
          source.path()
              + ": a process that holds its lock (flock(2)), such as a repair, changed it while it"
              + " was copied ("
              + changes
              + "): wait for that process, and salvage again with --restart");
    }
  }

  private boolean shrunk() throws IOException {
    FileStatus status = source.status();
    return status.type() == FileStatus.Type.REGULAR && status.size() < size;
  }

  private void save(long position) throws IOException {
    if (shrunk()) {
      throw shorter(); // What was past its end was not read: it was taken for a hole.
    }
    files.save(position);
    unsaved = 0;
  }
}
