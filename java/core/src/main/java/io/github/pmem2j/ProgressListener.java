package io.github.pmem2j;

/**
 * Receives the progress of a long operation: a salvage, a repair, a verification, a scan of a tree.
 *
 * <p>To cancel the operation, interrupt its thread; a listener can do that, too. The operation
 * stops at its next safe point with a {@link CancelledException}. It also ends there if the
 * listener throws an exception.
 */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Called from time to time, in the thread of the operation.
   *
   * @param progress the progress so far
   */
  void progress(Progress progress);

  /** {@return a listener that does nothing} */
  static ProgressListener none() {
    return progress -> {};
  }
}
