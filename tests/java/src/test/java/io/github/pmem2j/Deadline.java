package io.github.pmem2j;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition that nothing notifies of, by polling it until a deadline. */
public final class Deadline {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Deadline() {}

  /** Runs {@code step} until {@code condition} holds. */
  public static void until(BooleanSupplier condition, Runnable step, Supplier<String> otherwise) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + LIMIT + ": " + otherwise.get());
      }
      step.run();
      Thread.yield();
    }
  }

  /** Waits until a thread waits for a lock: it will not go on by itself. */
  public static void untilItWaits(Thread thread) {
    until(
        () -> thread.getState() == Thread.State.WAITING,
        () -> {
          if (thread.getState() == Thread.State.TERMINATED) {
            throw new AssertionError(thread + " did not wait");
          }
        },
        () -> thread + " is " + thread.getState());
  }

  /** Collects garbage until {@code condition} holds. */
  public static void untilCollected(BooleanSupplier condition, Supplier<String> otherwise) {
    until(condition, System::gc, otherwise);
  }
}
