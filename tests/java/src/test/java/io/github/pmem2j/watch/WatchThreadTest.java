package io.github.pmem2j.watch;

import static io.github.pmem2j.testkit.FakeDisk.sectors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.testkit.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The thread of a watch, its listener, and how it is closed. */
class WatchThreadTest extends WatchTestCase {
  @Test
  void aListenerThatThrowsReceivesTheNextChange() throws Exception {
    RecordingListener failing =
        new RecordingListener() {
          @Override
          public void badBlocksFound(BadBlockChange change) {
            super.badBlocksFound(change);
            if (found().size() == 1) {
              throw new AssertionError("of the test's");
            }
          }
        };
    try (BadBlockWatch watch = open(failing, data)) {
      disk.list("8 1\n");
      watch.check();
      for (int i = 0; i < 500 && watch.status().listenerFailures() == 0; i++) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      assertEquals(1, watch.status().listenerFailures());
      disk.list("8 1\n16 1\n");
      watch.check();
      assertEquals(sectors(8, 1), failing.nextFound().ranges());
      assertEquals(sectors(16, 1), failing.nextFound().ranges());
      assertTrue(watch.status().running());
    }
  }

  @Test
  void closeReturnsAtOnceAndEndsTheThread() throws Exception {
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      BadBlockWatch watch = open(listener, data);
      assertTrue(WatchThread.find().isDaemon());
      TimeUnit.MILLISECONDS.sleep(20); // Until the thread is in poll.
      long begin = System.nanoTime();
      watch.close();
      taken.add(System.nanoTime() - begin);
      assertFalse(watch.status().running());
      watch.close();
      watch.check();
      WatchThread.assertNone();
    }
    taken.sort(null);
    assertTrue(taken.get(10) < Duration.ofMillis(50).toNanos(), taken::toString);
  }

  /** A listener that waits for {@link #release}, even if it is interrupted. */
  private static final class BlockingListener implements BadBlockListener {
    final CountDownLatch called = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    volatile boolean returns;

    @Override
    public void badBlocksFound(BadBlockChange change) {
      called.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      returns = true;
    }
  }

  private static void awaitWaitOrEnd(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }

  /** A watch whose listener is in a call. */
  private BadBlockWatch openAndCall(BlockingListener blocking) throws Exception {
    BadBlockWatch watch = open(blocking, data);
    disk.list("8 1\n");
    watch.check();
    assertTrue(blocking.called.await(10, TimeUnit.SECONDS));
    return watch;
  }

  @Test
  void closeWaitsForTheListener() throws Exception {
    BlockingListener blocking = new BlockingListener();
    BadBlockWatch watch = openAndCall(blocking);
    AtomicBoolean returned = new AtomicBoolean();
    Thread closer =
        new Thread(
            () -> {
              watch.close();
              returned.set(blocking.returns);
            });
    closer.start();
    awaitWaitOrEnd(closer);
    assertFalse(watch.status().running());
    blocking.release.countDown();
    closer.join();
    assertTrue(returned.get(), "the close returned before the listener");
    assertNull(WatchThread.find());
  }

  @Test
  void anInterruptEndsTheWaitOfAClose() throws Exception {
    BlockingListener blocking = new BlockingListener();
    BadBlockWatch watch = openAndCall(blocking);
    Thread.currentThread().interrupt();
    watch.close();
    assertTrue(Thread.interrupted());
    assertFalse(blocking.returns);
    blocking.release.countDown();
    watch.close();
    assertTrue(blocking.returns);
  }

  @Test
  void theListenerMayClose() throws Exception {
    BadBlockWatch[] self = new BadBlockWatch[1];
    CountDownLatch done = new CountDownLatch(1);
    self[0] =
        open(
            change -> {
              self[0].close();
              done.countDown();
            },
            data);
    disk.list("8 1\n16 1\n");
    self[0].check();
    assertTrue(done.await(10, TimeUnit.SECONDS));
    WatchThread.assertNone();
  }

  @Test
  void theWatchRunsInTheThreadOfTheFactoryAndCloseJoinsIt() throws Exception {
    Thread[] made = new Thread[1];
    ThreadFactory factory = task -> made[0] = new Thread(task, "of the user");
    AtomicReference<Thread> caller = new AtomicReference<>();
    CountDownLatch called = new CountDownLatch(1);
    BadBlockListener recorder =
        change -> {
          caller.set(Thread.currentThread());
          called.countDown();
        };
    try (BadBlockWatch watch = BadBlockWatch.open(List.of(data), recorder, factory, disk.host())) {
      assertFalse(made[0].isDaemon());
      disk.list("8 1\n");
      watch.check();
      assertTrue(called.await(10, TimeUnit.SECONDS));
    }
    assertSame(made[0], caller.get());
    assertFalse(made[0].isAlive());
  }

  @Test
  void aFactoryThatMakesNoThreadIsRefused() {
    assertThrows(
        RejectedExecutionException.class,
        () -> BadBlockWatch.open(List.of(data), listener, task -> null, disk.host()));
  }

  @Test
  void aListenerThatInterruptsItsThreadReceivesTheNextChange() throws Exception {
    Path file = file("a");
    long first = disk.firstSector(file);
    RecordingListener interrupting =
        new RecordingListener() {
          @Override
          public void badBlocksFound(BadBlockChange change) {
            Thread.currentThread().interrupt();
            super.badBlocksFound(change);
          }
        };
    try (BadBlockWatch watch = open(interrupting, data)) {
      disk.list(first + " 1\n");
      watch.check();
      interrupting.nextFound();
      disk.list(first + " 2\n");
      watch.check();
      BadBlockChange change = interrupting.nextFound();
      assertEquals(hit(file, SECTOR, SECTOR, 0, first + 1), change.files());
      assertTrue(change.complete());
    }
  }
}
