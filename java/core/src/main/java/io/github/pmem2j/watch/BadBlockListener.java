package io.github.pmem2j.watch;

/**
 * Receives the changes that a {@link BadBlockWatch} detects, in the thread of the watch: one call
 * at a time. The watch does not look for changes during a call. Exceptions are logged and ignored.
 */
@FunctionalInterface
public interface BadBlockListener {
  /**
   * The kernel lists ranges as bad that it did not list before.
   *
   * @param change the ranges, and the watched files that they hit
   */
  void badBlocksFound(BadBlockChange change);

  /**
   * The kernel no longer lists ranges as bad: they were cleared, or overwritten in place. That does
   * not restore their content.
   *
   * @param change the ranges, and the watched files that they hit before
   */
  default void badBlocksCleared(BadBlockChange change) {}

  /**
   * A path, or a part below it, can no longer be watched. If the watch fails, this is the last
   * call, once for every path; {@link WatchStatus#running()} is then false.
   *
   * @param unwatched the path, and the reason
   */
  default void unwatched(WatchGap unwatched) {}
}
