package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listener that records every call. */
class RecordingListener implements BadBlockListener {
  final BlockingQueue<BadBlockChange> found = new LinkedBlockingQueue<>();
  final BlockingQueue<BadBlockChange> cleared = new LinkedBlockingQueue<>();
  final BlockingQueue<WatchGap> unwatched = new LinkedBlockingQueue<>();

  @Override
  public void badBlocksFound(BadBlockChange change) {
    found.add(change);
  }

  @Override
  public void badBlocksCleared(BadBlockChange change) {
    cleared.add(change);
  }

  @Override
  public void unwatched(WatchGap one) {
    unwatched.add(one);
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.SECONDS);
    assertNotNull(next, "nothing was reported");
    return next;
  }

  /** The thread of an open watch, or null. */
  static Thread thread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("pmem2j-watch"))
        .findFirst()
        .orElse(null);
  }

  /** After a close there is none, or not for long. */
  static void assertNoThread() throws InterruptedException {
    Thread thread = thread();
    if (thread != null) {
      thread.join(10_000);
    }
    assertNull(thread());
  }

  private static void look(BadBlockWatch watch) throws IOException {
    long before = watch.looks();
    watch.check();
    while (watch.looks() == before) {
      Thread.onSpinWait();
    }
  }

  /** Nothing is in the queues, once what the watch was doing is done. */
  void assertNoMore(BadBlockWatch watch) throws Exception {
    look(watch);
    look(watch); // so what the first has found is reported
    assertNull(found.peek());
    assertNull(cleared.peek());
    assertNull(unwatched.peek());
  }
}
