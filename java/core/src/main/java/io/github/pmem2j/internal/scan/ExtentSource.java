package io.github.pmem2j.internal.scan;

import io.github.pmem2j.internal.linux.ExtentBatch;
import java.io.IOException;

/** Where a file lies on its device: a file's FIEMAP, or a table. */
@FunctionalInterface
interface ExtentSource {
  /**
   * Fills the batch with the extents from a byte of the file on, in its order.
   *
   * @param sync whether data that has no place yet is given one first
   */
  void read(long start, boolean sync, ExtentBatch batch) throws IOException;
}
