package io.github.pmem2j.watch;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Limits how often a watch scans: it rests as long as its last scan took, but at most {@value
 * #MAX_REST_SECONDS} seconds, so that one scan serves most of a burst of notifications.
 */
final class ScanRate {
  private static final int MAX_REST_SECONDS = 5;
  private static final long MAX_REST = TimeUnit.SECONDS.toNanos(MAX_REST_SECONDS);

  private final LongSupplier nanoTime;
  private long begun;
  private long next;

  ScanRate(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong();
  }

  /** Notes that a scan begins. */
  void begin() {
    begun = nanoTime.getAsLong();
  }

  /** Notes that it has ended. */
  void end() {
    long now = nanoTime.getAsLong();
    next = now + Math.min(now - begun, MAX_REST);
  }

  /** The nanoseconds left to rest; 0 or less for none. */
  long left() {
    return next - nanoTime.getAsLong();
  }

  /**
   * Waits on {@code lock}, whose monitor the caller holds, until the rest is over or a notification
   * ends it.
   */
  void rest(Object lock, BooleanSupplier ended) {
    for (long left = left(); left > 0 && !ended.getAsBoolean(); left = left()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(lock, left);
      } catch (InterruptedException e) {
        // A listener may have set the interrupt; only a close ends the watch.
      }
    }
  }
}
