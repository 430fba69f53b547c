package io.github.pmem2j.watch;

/**
 * Receives the changes that a {@link BadBlockWatch} sees, in the watch's own thread: one call at a
 * time. The watch does not look for changes during a call. Exceptions are logged and ignored.
 */
@FunctionalInterface
public interface BadBlockListener {
  /**
   * The kernel lists ranges as bad that it did not list before.
   *
   * @param change which, and which of the watched files they hit
   */
  void badBlocksFound(BadBlockChange change);

  /**
   * The kernel no longer lists ranges as bad: they were cleared, or overwritten in place. That does
   * not restore what they held.
   *
   * @param change which, and which of the watched files they used to hit
   */
  default void badBlocksCleared(BadBlockChange change) {}

  /**
   * A path, or a part of what is below it, can no longer be watched. If the watch fails, this is
   * the last call, once for every path; {@link WatchStatus#running()} is then false.
   *
   * @param unwatched which, and why
   */
  default void unwatched(WatchGap unwatched) {}
}
