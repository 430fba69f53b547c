package io.github.pmem2j.libpmem2;

import io.github.pmem2j.ByteRange;

/**
 * Follows {@link Pmem2BadBlocks#clear(java.util.Collection, ClearListener)}, so that the caller
 * knows after a failure what has been cleared. Called in the clearing thread; it must not throw an
 * exception or call the object that clears.
 */
public interface ClearListener {
  /**
   * A range is about to be cleared. If that fails, the content of the range is unknown.
   *
   * @param range the range
   */
  void clearing(ByteRange range);

  /**
   * A range has been cleared.
   *
   * @param range the range
   */
  void cleared(ByteRange range);
}
