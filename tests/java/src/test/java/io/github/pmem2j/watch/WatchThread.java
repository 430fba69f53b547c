package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.testkit.RecordingListener;
import java.io.IOException;
import java.util.List;

/** The thread of an open watch, and what it does. */
final class WatchThread {
  private WatchThread() {}

  /** It, or null. */
  static Thread find() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("pmem2j-watch"))
        .findFirst()
        .orElse(null);
  }

  /** After a close there is none, or not for long. */
  static void assertNone() throws InterruptedException {
    Thread thread = find();
    if (thread != null) {
      thread.join(10_000);
    }
    assertNull(find());
  }

  private static void look(BadBlockWatch watch) throws IOException {
    long before = watch.looks();
    watch.check();
    while (watch.looks() == before) {
      Thread.onSpinWait();
    }
  }

  /** Nothing was recorded that was not taken, once what the watch was doing is done. */
  static void assertNoMore(BadBlockWatch watch, RecordingListener listener) throws IOException {
    look(watch);
    look(watch); // so what the first has found is reported
    assertTrue(
        listener.allTaken(),
        () -> List.of(listener.found(), listener.cleared(), listener.unwatched()).toString());
  }
}
