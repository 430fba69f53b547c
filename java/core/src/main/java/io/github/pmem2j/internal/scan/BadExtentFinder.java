package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.ExtentBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds the files and directories of one device that have bad sectors, by a single pass over the
 * extents of each. Not thread-safe.
 */
public final class BadExtentFinder {
  private static final int BATCH = 32;

  /** Most files have fewer extents, and all of them are then read by one call. */
  private static final int FIRST_BATCH = 8;

  private final BadSectors bad;
  private final ExtentBatch batch = new ExtentBatch(BATCH);
  private final ExtentBatch first = new ExtentBatch(FIRST_BATCH);

  /** For the files on a device with these bad sectors. */
  public BadExtentFinder(BadSectors bad) {
    this.bad = bad;
  }

  /**
   * Whether a file or directory may lie on bad sectors, by one call. True also if that call fails
   * or the extents are too many for it; {@link #hits} has the answer.
   *
   * @param size as for {@link #hits}
   */
  public boolean mayHit(Path path, long size) throws IOException {
    if (!first.read(path)) {
      return true;
    }
    int count = first.count();
    for (int i = 0; i < count; i++) {
      if (bad(first, i)) {
        return true;
      }
    }
    return count > 0
        && !(ExtentBatch.last(first.flags(count - 1))
            && first.logical(count - 1) + first.length(count - 1) >= size);
  }

  /**
   * Whether an open file or directory lies on bad sectors; may err in a file that changes.
   *
   * @param size its size: an extent that is marked as the last is believed only if it reaches that
   *     far, see {@link ExtentPass}
   */
  public boolean hits(Descriptor file, long size) throws IOException {
    long next = 0;
    while (true) {
      file.extents(next, false, batch);
      long reached = next;
      boolean last = false;
      for (int i = 0; i < batch.count(); i++) {
        if (bad(batch, i)) {
          return true;
        }
        reached = batch.logical(i) + batch.length(i);
        last = ExtentBatch.last(batch.flags(i));
      }
      if (reached <= next || last && reached >= size) {
        return false;
      }
      next = reached;
    }
  }

  private boolean bad(ExtentBatch extents, int index) {
    if (ExtentBatch.noPlace(extents.flags(index))) {
      return false;
    }
    long physical = extents.physical(index);
    int i = bad.firstEndingAfter(physical / BadRange.SECTOR_SIZE);
    return i < bad.count()
        && bad.start(i) * BadRange.SECTOR_SIZE < physical + extents.length(index);
  }

  /** The parts of an open file or directory that lie on bad sectors. */
  public List<BadRange> ranges(Descriptor file) throws IOException {
    ExtentPass pass = ExtentPass.of(file::extents, false, bad, Long.MAX_VALUE, FileScan.WHOLE);
    if (pass.failure() != null) {
      throw new IOException(pass.failure());
    }
    return BadRangeBuilder.ofFile(pass, Long.MAX_VALUE, BadRange.SECTOR_SIZE);
  }
}
