package io.github.pmem2j.testkit;

import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockListener;
import io.github.pmem2j.watch.WatchGap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Records the reports of a watch, and waits for them. Thread-safe. */
public class RecordingListener implements BadBlockListener {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Calls<BadBlockChange> found = new Calls<>("found");
  private final Calls<BadBlockChange> cleared = new Calls<>("cleared");
  private final Calls<WatchGap> unwatched = new Calls<>("unwatched");

  /** Makes an empty one. */
  public RecordingListener() {}

  /** The calls of one kind. */
  private static final class Calls<T> {
    private final String kind;
    private final List<T> all = new ArrayList<>();
    private int taken;

    Calls(String kind) {
      this.kind = kind;
    }

    synchronized void add(T call) {
      all.add(call);
      notifyAll();
    }

    synchronized List<T> all() {
      return List.copyOf(all);
    }

    synchronized T next() throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (taken == all.size()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("nothing more was reported as " + kind + " after " + all);
        }
        wait(left);
      }
      return all.get(taken++);
    }

    synchronized boolean taken() {
      return taken == all.size();
    }
  }

  @Override
  public void badBlocksFound(BadBlockChange change) {
    Objects.requireNonNull(change, "change");
    found.add(change);
  }

  @Override
  public void badBlocksCleared(BadBlockChange change) {
    Objects.requireNonNull(change, "change");
    cleared.add(change);
  }

  @Override
  public void unwatched(WatchGap gap) {
    Objects.requireNonNull(gap, "gap");
    unwatched.add(gap);
  }

  /** {@return all changes with new bad ranges so far} */
  public List<BadBlockChange> found() {
    return found.all();
  }

  /** {@return all changes with cleared ranges so far} */
  public List<BadBlockChange> cleared() {
    return cleared.all();
  }

  /** {@return all paths so far that can no longer be watched} */
  public List<WatchGap> unwatched() {
    return unwatched.all();
  }

  /**
   * Takes the next change with new bad ranges; waits for it for at most ten seconds.
   *
   * @return the first one that was not taken yet
   * @throws AssertionError if there is none
   * @throws InterruptedException if the thread is interrupted
   */
  public BadBlockChange nextFound() throws InterruptedException {
    return found.next();
  }

  /**
   * Takes the next change with cleared ranges, as {@link #nextFound()}.
   *
   * @return the first one that was not taken yet
   * @throws AssertionError if there is none
   * @throws InterruptedException if the thread is interrupted
   */
  public BadBlockChange nextCleared() throws InterruptedException {
    return cleared.next();
  }

  /**
   * Takes the next gap, as {@link #nextFound()}.
   *
   * @return the first one that was not taken yet
   * @throws AssertionError if there is none
   * @throws InterruptedException if the thread is interrupted
   */
  public WatchGap nextUnwatched() throws InterruptedException {
    return unwatched.next();
  }

  /** {@return whether everything that was recorded has been taken} */
  public boolean allTaken() {
    return found.taken() && cleared.taken() && unwatched.taken();
  }
}
