package io.github.pmem2j.libpmem2;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A call on a thread of its own. */
final class Task<T> {
  private final FutureTask<T> future;
  private final Thread thread;

  private Task(Callable<T> body) {
    future = new FutureTask<>(body);
    thread = new Thread(future);
    thread.setDaemon(true);
    thread.start();
  }

  static <T> Task<T> start(Callable<T> body) {
    return new Task<>(body);
  }

  static Task<Void> run(Runnable body) {
    return new Task<>(
        () -> {
          body.run();
          return null;
        });
  }

  Thread thread() {
    return thread;
  }

  /** Waits for its end, and throws what it threw, within an ExecutionException. */
  T get() throws Exception {
    return future.get();
  }
}
