package io.github.pmem2j;

/**
 * Gets the progress of long work: a salvage, a repair, a verification, a scan of a tree.
 *
 * <p>To cancel the work, interrupt its thread; a listener can do that, too. It stops at its next
 * safe point with a {@link CancelledException}. An exception that the listener throws ends it there
 * as well.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Called from time to time, in the thread that does the work.
   *
   * @param progress the progress so far
   */
  void progress(Progress progress);

  /**
   * A listener that does nothing.
   *
   * @return the listener
   */
  static ProgressListener none() {
    return progress -> {};
  }
}
