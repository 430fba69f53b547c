package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.Poller;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockListener;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How fast a watch wakes and ends. */
@Tag("stock")
@ExtendWith(MachineExtension.class)
class WatchWakeTest {
  private final SectorListener listener = new SectorListener();

  @Test
  void closeWhileBlockedReturnsAtOnce(Machine machine) throws Exception {
    Path directory = machine.ext4(machine.disks().get(0).device());
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      BadBlockWatch watch = BadBlockWatch.open(directory, listener);
      TimeUnit.MILLISECONDS.sleep(100);
      long begin = System.nanoTime();
      watch.close();
      taken.add((System.nanoTime() - begin) / 1000);
    }
    taken.sort(null);
    System.out.println("close took, in us: " + taken);
    assertTrue(taken.get(19) < Duration.ofMillis(500).toNanos() / 1000, taken::toString);
  }

  /**
   * Overwrites bad pages, and measures the time until the listener is called, and until a thread
   * wakes that only waits for the same list.
   */
  @Test
  void wakingUpIsQuick(Machine machine) throws Exception {
    Namespace disk = machine.disks().get(0);
    int rounds = System.getenv("PMEM2J_NIGHTLY") == null ? 40 : 200;
    TestFile file = TestFile.create(machine.ext4(disk.device()).resolve("file"), rounds);
    long first = FileExtent.page(file.path(), 0).first();
    long[] toListener = new long[rounds];
    long[] toWaiter = new long[rounds];
    LastCall last = new LastCall();
    try (Waiter waiter = new Waiter(disk.sysfs().resolve("badblocks"));
        BadBlockWatch watch = BadBlockWatch.open(file.path(), last);
        FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocateDirect(Sectors.PAGE);
      for (int i = 0; i < rounds; i++) {
        disk.inject(new Sectors(first + 8L * i, 1));
        watch.check();
        long calls = 2 * i + 1;
        Sysfs.await("the error", () -> last.count >= calls);
        TimeUnit.MILLISECONDS.sleep(20);
        long begin = System.nanoTime();
        channel.write(page.clear(), (long) i * Sectors.PAGE);
        long wakes = i + 1;
        Sysfs.await("the clearing", () -> last.count > calls && waiter.count >= wakes);
        toListener[i] = last.time - begin;
        toWaiter[i] = waiter.time - begin;
      }
    }
    print("to a thread that only waits", toWaiter);
    print("to the listener", toListener);
    assertTrue(toListener[rounds / 2] < Duration.ofSeconds(1).toNanos());
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "wake-up, from the begin of a write that clears %s: median %d us, 95th percentile %d us%n",
        what, nanos[nanos.length / 2] / 1000, nanos[nanos.length * 95 / 100] / 1000);
  }

  /** The time of the last call of the listener. */
  private static final class LastCall implements BadBlockListener {
    private volatile long count;
    private volatile long time;

    @Override
    public void badBlocksFound(BadBlockChange change) {
      count++;
    }

    @Override
    public void badBlocksCleared(BadBlockChange change) {
      time = System.nanoTime();
      count++;
    }
  }

  /** Waits for a list like the watch, and does nothing else. */
  private static final class Waiter implements AutoCloseable {
    private final Poller notifications = Poller.open();
    private final Descriptor list;
    private final Thread thread = new Thread(this::run);
    private volatile long count;
    private volatile long time;

    Waiter(Path list) throws IOException {
      this.list = Descriptor.open(list, Descriptor.Mode.READ);
      thread.start();
    }

    private void run() {
      ByteBuffer content = ByteBuffer.allocate(1);
      try {
        while (true) {
          FileIo.read(list, content.clear(), 0);
          if (notifications.await(List.of(list)).isEmpty()) {
            return;
          }
          time = System.nanoTime();
          count++;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      notifications.wake();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      list.close();
      notifications.close();
    }
  }
}
