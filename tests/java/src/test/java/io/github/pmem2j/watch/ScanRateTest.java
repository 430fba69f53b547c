package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a watch rests, by a clock of the test. */
class ScanRateTest {
  private long now = Long.MAX_VALUE - 50; // which overflows, as System.nanoTime may

  private final ScanRate rate = new ScanRate(() -> now);

  @Test
  void theFirstNotificationIsServedAtOnce() {
    assertEquals(0, rate.left());
  }

  @Test
  void aCheckIsFollowedByAPauseAsLong() {
    now += 1000;
    rate.begin();
    now += 30;
    rate.end();
    assertEquals(30, rate.left());
    now += 30;
    assertEquals(0, rate.left());
    now += 1000;
    assertTrue(rate.left() < 0);
  }

  @Test
  void thePauseAfterALongCheckIsBounded() {
    rate.begin();
    now += Duration.ofMinutes(10).toNanos();
    rate.end();
    assertEquals(Duration.ofSeconds(5).toNanos(), rate.left());
  }

  /** The clock stands still: without an end the rest would last forever. */
  @Test
  void aRequestEndsTheRest() throws InterruptedException {
    rate.begin();
    now += Duration.ofHours(1).toNanos();
    rate.end();
    Object lock = new Object();
    boolean[] asked = new boolean[1];
    Thread resting =
        new Thread(
            () -> {
              synchronized (lock) {
                rate.rest(lock, () -> asked[0]);
              }
            });
    resting.start();
    while (resting.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    resting.interrupt(); // A listener may leave an interrupt.
    synchronized (lock) {
      lock.notifyAll();
    }
    while (resting.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertTrue(resting.isAlive());
    synchronized (lock) {
      asked[0] = true;
      lock.notifyAll();
    }
    resting.join();
    assertFalse(resting.isAlive());
  }
}
