package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.ExtentBatch;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * One pass over the extents of a file: which bad sectors of its device are in it, and where.
 *
 * <p>Extents come in the file's order. Each is looked up in the sorted bad sectors, so neither the
 * order on the device nor the number of extents matters. An extent without errors leaves nothing
 * behind but its part of a checksum, by which two passes are compared.
 */
final class ExtentPass {
  private static final int BATCH = 1024;

  /** With many ranges, each needs few extents, and any others in a batch are read for nothing. */
  private static final int SMALL_BATCH = 128;

  /** Two fields of a hit that share a long: the index of the bad range and these. */
  private static final int UNWRITTEN = 1;

  private static final int SHARED = 2;
  private static final int FLAG_BITS = 2;
  private static final int HIT_LENGTH = 4;

  private final BadSectors bad;
  private final long size;

  /**
   * For each hit: offset in the file, length, distance from the bad range's start, range and flags.
   */
  private long[] hits = new long[HIT_LENGTH * 16];

  private int count;
  private long checksum;
  private boolean unusable;

  /** The largest number of batches that a range took. */
  private int batches;

  private ByteRange unmapped;
  private String failure;

  private ExtentPass(BadSectors bad, long size) {
    this.bad = bad;
    this.size = size;
  }

  /**
   * Reads the extents of some ranges. Where the file system stops reporting them, {@link #failure}
   * says so.
   *
   * <p>The flag of the last extent is not trusted: where Linux cannot read a block with extents, it
   * drops the error and sets the flag on what it has read so far (iomap_fiemap). Another call from
   * there returns the error, or nothing at the end of the file.
   *
   * @param ranges the ranges of the file; extents outside are ignored
   * @param size the size of the file when the scan began; extents beyond it may still change
   * @throws IOException if an extent is malformed
   */
  static ExtentPass of(
      ExtentSource source, boolean sync, BadSectors bad, long size, RangeSet ranges)
      throws IOException {
    ExtentPass pass = new ExtentPass(bad, size);
    Window window =
        new Window(source, sync, new ExtentBatch(ranges.count() > 1 ? SMALL_BATCH : BATCH));
    for (ByteRange range : ranges) {
      pass.range(window, range);
      if (pass.failure != null) {
        break;
      }
    }
    return pass;
  }

  /**
   * The extents that were read last. As long as a batch reaches into the next range, it is one of
   * as many extents as there is space for; then only of those that the range needs.
   */
  private static final class Window {
    private final ExtentSource source;
    private final boolean sync;
    private final ExtentBatch batch;
    private boolean reachesOn = true;
    private long from;
    private long to;

    Window(ExtentSource source, boolean sync, ExtentBatch batch) {
      this.source = source;
      this.sync = sync;
      this.batch = batch;
    }

    /** Called before the first extents of a range. */
    void begin(long offset) {
      reachesOn &= to == 0 || offset < to;
    }

    /** Loads the extents from an offset on, at least up to an end; false if there are none. */
    boolean reach(long offset, long end) throws IOException {
      if (offset < from || offset >= to) {
        long until = reachesOn ? Long.MAX_VALUE : end;
        source.read(offset, until, sync, batch);
        from = offset;
        to = until; // of none
        for (int i = 0; i < batch.count(); i++) {
          long reached = batch.logical(i) + batch.length(i);
          to = i == 0 ? reached : Math.max(to, reached);
        }
      }
      return batch.count() > 0;
    }
  }

  private void range(Window window, ByteRange range) throws IOException {
    int needed = 0;
    window.begin(range.offset());
    for (long next = range.offset(); next < range.end(); needed++) {
      try {
        if (!window.reach(next, range.end())) {
          break;
        }
      } catch (IOException e) {
        failure = NativeError.cause(e);
        unmapped =
            ByteRange.between(next, Math.max(next, Math.min(Math.max(size, 1), range.end())));
        break;
      }
      long reached = batch(window.batch, next, range.end());
      if (reached <= next) {
        throw new IOException("no progress: the same extents again after byte " + next);
      }
      next = reached;
    }
    batches = Math.max(batches, needed);
  }

  /** Reads a batch of extents from {@code next} on, and returns where the last one ends. */
  private long batch(ExtentBatch batch, long next, long end) throws IOException {
    long reached = next;
    for (int i = 0; i < batch.count(); i++) {
      long logical = batch.logical(i);
      long length = batch.length(i);
      if (logical < 0 || length <= 0 || length > Long.MAX_VALUE - logical) {
        throw new IOException("an extent at " + logical + " with a length of " + length);
      }
      // If the file has changed since the last batch, an extent may overlap that batch.
      long seen = Math.max(reached - logical, 0);
      long wanted = Math.min(length, end - logical);
      if (seen < wanted) {
        extent(logical + seen, batch.physical(i) + seen, wanted - seen, batch.flags(i));
      }
      if (seen < length) {
        reached = logical + length;
      }
    }
    return reached;
  }

  private void extent(long logical, long physical, long length, int flags) {
    if (logical < size) {
      long within = Math.min(length, size - logical);
      checksum = mix(checksum ^ logical);
      checksum = mix(checksum ^ physical);
      checksum = mix(checksum ^ within ^ ((long) ExtentBatch.withoutLast(flags) << 48));
      unusable |= ExtentBatch.noPlace(flags);
    }
    if (ExtentBatch.noPlace(flags)) {
      return;
    }
    long end = physical + length;
    if (physical < 0 || end < 0) {
      unusable = true;
      return;
    }
    int i = bad.firstEndingAfter(physical / BadRange.SECTOR_SIZE);
    for (; i < bad.count() && bad.start(i) * BadRange.SECTOR_SIZE < end; i++) {
      long start = bad.start(i) * BadRange.SECTOR_SIZE;
      long from = Math.max(start, physical);
      long to = Math.min(bad.end(i) * BadRange.SECTOR_SIZE, end);
      hit(
          logical + (from - physical),
          to - from,
          from - start,
          ((long) i << FLAG_BITS)
              | (ExtentBatch.unwritten(flags) ? UNWRITTEN : 0)
              | (ExtentBatch.shared(flags) ? SHARED : 0));
    }
  }

  private static long mix(long value) {
    long product = value * 0x9E3779B97F4A7C15L;
    return product ^ (product >>> 32);
  }

  private void hit(long offset, long length, long distance, long rangeAndFlags) {
    int at = count * HIT_LENGTH;
    if (at == hits.length) {
      hits = Arrays.copyOf(hits, 2 * at);
    }
    hits[at] = offset;
    hits[at + 1] = length;
    hits[at + 2] = distance;
    hits[at + 3] = rangeAndFlags;
    count++;
  }

  /** Whether part of the file has an unknown location. */
  boolean unusable() {
    return unusable;
  }

  /** Whether all extents of each range came in one system call. */
  boolean inOneBatch() {
    return batches <= 1;
  }

  /** Why the file system did not report all extents, or null if it did. */
  String failure() {
    return failure;
  }

  /** The part of the file whose extents it did not report, or null. */
  ByteRange unmapped() {
    return unmapped;
  }

  /** Whether another pass saw the same file on the same device with the same errors. */
  boolean sameAs(ExtentPass other) {
    return checksum == other.checksum
        && unusable == other.unusable
        && Objects.equals(unmapped, other.unmapped)
        && Arrays.equals(hits, 0, count * HIT_LENGTH, other.hits, 0, other.count * HIT_LENGTH)
        && (bad == other.bad || bad.sameAs(other.bad));
  }

  /** How many parts of extents are bad. */
  int count() {
    return count;
  }

  long offset(int hit) {
    return hits[hit * HIT_LENGTH];
  }

  long length(int hit) {
    return hits[hit * HIT_LENGTH + 1];
  }

  boolean unwritten(int hit) {
    return (hits[hit * HIT_LENGTH + 3] & UNWRITTEN) != 0;
  }

  boolean shared(int hit) {
    return (hits[hit * HIT_LENGTH + 3] & SHARED) != 0;
  }

  String device(int hit) {
    return bad.device(range(hit));
  }

  /** The sector of the device where a hit begins; extents begin at sectors. */
  long deviceSector(int hit) {
    return bad.origin(range(hit)) + hits[hit * HIT_LENGTH + 2] / BadRange.SECTOR_SIZE;
  }

  private int range(int hit) {
    return (int) (hits[hit * HIT_LENGTH + 3] >> FLAG_BITS);
  }
}
