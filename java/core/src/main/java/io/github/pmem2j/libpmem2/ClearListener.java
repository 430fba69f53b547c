package io.github.pmem2j.libpmem2;

import io.github.pmem2j.ByteRange;

/**
 * Follows {@link Pmem2BadBlocks#clear(java.util.Collection, ClearListener)}, so that after a
 * failure it is known what has been cleared. Called in the clearing thread; it must not throw, nor
 * call the object that clears.
 */
public interface ClearListener {
  /**
   * A range is about to be cleared: should that fail, what the range holds is unknown.
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
