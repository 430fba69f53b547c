package io.github.pmem2j.watch;

/**
 * Told by a {@link BadBlockWatch} what changed, in the watch's own thread: one call at a time, and
 * no change is looked for while a call lasts. What a method throws is logged and goes no further.
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
   * The kernel no longer lists ranges as bad: they were cleared, or overwritten in place. What they
   * held is not back by that.
   *
   * @param change which, and which of the watched files they used to hit
   */
  default void badBlocksCleared(BadBlockChange change) {}

  /**
   * A path, or a part of what is below it, can no longer be watched. Of every path this is told, as
   * the last, if the watch fails: {@link WatchStatus#running()} is false then.
   *
   * @param unwatched which, and why
   */
  default void unwatched(Unwatched unwatched) {}
}
