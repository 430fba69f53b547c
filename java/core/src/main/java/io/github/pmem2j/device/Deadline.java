package io.github.pmem2j.device;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time at which a wait ends. */
final class Deadline {
  private static final long MAX_DAYS = 365;

  private final long nanoTime;

  /** The deadline of a wait of at most a year. */
  Deadline(Duration timeout) {
    Duration max = Duration.ofDays(MAX_DAYS);
    nanoTime = System.nanoTime() + (timeout.compareTo(max) > 0 ? max : timeout).toNanos();
  }

  /** The remaining time, rounded up; 0 if none. */
  int milliseconds() {
    long left = nanoTime - System.nanoTime();
    long unit = TimeUnit.MILLISECONDS.toNanos(1);
    return left <= 0 ? 0 : (int) Math.min((left + unit - 1) / unit, Integer.MAX_VALUE);
  }
}
