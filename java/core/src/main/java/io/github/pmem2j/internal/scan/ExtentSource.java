package io.github.pmem2j.internal.scan;

import io.github.pmem2j.internal.linux.ExtentBatch;
import java.io.IOException;

/** A source of extents: a file's FIEMAP, or a table. */
@FunctionalInterface
interface ExtentSource {
  /**
   * Fills the batch with the extents of the file from an offset on, in file order, and may leave
   * out those that begin at {@code end} or behind it.
   *
   * @param sync whether to write out delayed allocations first, so that they have a location
   */
  void read(long start, long end, boolean sync, ExtentBatch batch) throws IOException;
}
