package io.github.pmem2j.watch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of a watch's listener: collected, counted, then made. Only for the watch's thread,
 * except {@link #dismiss}.
 */
final class ListenerCalls {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  private final BadBlockListener listener;
  private final Object watch;
  private final List<Consumer<BadBlockListener>> pending = new ArrayList<>();
  private long found;
  private long cleared;
  private long failures;

  /** Whether the user closed the watch: no further calls are made. */
  private volatile boolean dismissed;

  /**
   * Creates the calls of a listener.
   *
   * @param watch for messages
   */
  ListenerCalls(BadBlockListener listener, Object watch) {
    this.listener = listener;
    this.watch = watch;
  }

  /**
   * Adds the ranges that lists have gained and lost, with the files that they hit now or before.
   */
  void add(
      Instant time,
      Collection<OpenLists.Difference> differences,
      WatchedScan before,
      WatchedScan now) {
    for (OpenLists.Difference difference : differences) {
      if (!difference.gained().isEmpty()) {
        BadBlockChange change = now.change(time, difference, difference.gained());
        found += change.ranges().count();
        ChangeEvents.found(change);
        pending.add(l -> l.badBlocksFound(change));
      }
      if (!difference.lost().isEmpty()) {
        BadBlockChange change = before.change(time, difference, difference.lost());
        cleared += change.ranges().count();
        ChangeEvents.cleared(change);
        pending.add(l -> l.badBlocksCleared(change));
      }
    }
  }

  /** Adds something that is not watched any more. */
  void add(WatchGap gap) {
    pending.add(l -> l.unwatched(gap));
  }

  /**
   * Makes the calls.
   *
   * @param afterFailure runs whenever one has failed
   */
  void make(Runnable afterFailure) {
    for (Consumer<BadBlockListener> call : pending) {
      if (dismissed) {
        break;
      }
      try {
        call.accept(listener);
      } catch (Throwable e) { // The next change is reported even if this call fails.
        LOGGER.error("the listener of {} failed", watch, e);
        failures++;
        afterFailure.run();
      }
    }
    pending.clear();
  }

  /** Makes no further calls. */
  void dismiss() {
    dismissed = true;
  }

  /** The counters. */
  WatchStatus.Counts counts(long badRanges) {
    return new WatchStatus.Counts(badRanges, found, cleared, failures);
  }
}
