package io.github.pmem2j.watch;

import io.github.pmem2j.internal.journal.RepairEnds;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Poller;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a {@link BadBlockWatch}: waits, compares, and calls the listener. */
final class Watcher implements Runnable {
  private static final int NO_WAIT = 0;
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");
  private static final String THREAD = "pmem2j-watch";

  /** Makes daemon threads: a watch that is never closed does not keep the JVM running. */
  static final ThreadFactory DAEMON =
      task -> {
        Thread thread = new Thread(task, THREAD);
        thread.setDaemon(true);
        return thread;
      };

  private final List<Path> paths;
  private final ListenerCalls calls;
  private final BadBlockScanner scanner;
  private final Poller notifications;
  private final OpenLists lists;

  /** Notifies of every change of the mounts. */
  private final Descriptor mounts;

  /** Stops the notifications of simulated lists. */
  private final Runnable endSimulation;

  /** Stops the notifications of repairs. */
  private final Runnable endRepairs;

  private final ScanRate rate = new ScanRate(System::nanoTime);
  private WatchedScan scan;

  /** Set once, before it starts. */
  private Thread thread;

  /** Guards what follows. */
  private final Object lock = new Object();

  private boolean closed;

  /** Whether the thread cannot be woken, so that it does not end. */
  private boolean stuck;

  private boolean asked;
  private WatchStatus status;
  private long looks;

  private Watcher(List<Path> paths, BadBlockListener listener, Host host, Poller notifications)
      throws IOException {
    this.paths = paths;
    this.calls = new ListenerCalls(listener, this);
    this.scanner = new BadBlockScanner(host);
    this.notifications = notifications;
    this.lists = new OpenLists(paths, host);
    this.mounts = lists.open(host.mounts().file());
    this.endSimulation = host.onListChange(this::listChanged);
    this.endRepairs = RepairEnds.onEnd(this::repairEnded);
  }

  /** Opens and reads the lists, and starts the thread. */
  static Watcher start(
      List<Path> paths, BadBlockListener listener, ThreadFactory threads, Host host)
      throws IOException {
    for (Path path : paths) {
      Descriptor.openPath(path).close(); // fails with the reason
    }
    Poller notifications = Poller.open();
    Watcher watcher = null;
    try {
      watcher = new Watcher(paths, listener, host, notifications);
      watcher.lists.update(Set.of());
      watcher.scan = WatchedScan.of(paths, watcher.scanner);
      watcher.publish();
      watcher.thread = threads.newThread(watcher);
      if (watcher.thread == null) {
        throw new RejectedExecutionException("the ThreadFactory of " + watcher + " made no thread");
      }
      watcher.thread.start();
      return watcher;
    } catch (IOException | RuntimeException | Error e) {
      if (watcher != null) {
        watcher.close();
      }
      notifications.close();
      throw e;
    }
  }

  WatchStatus status() {
    synchronized (lock) {
      return status;
    }
  }

  /** How many scans have begun; the findings of earlier ones have been reported by then. */
  long looks() {
    synchronized (lock) {
      return looks;
    }
  }

  void wake() throws IOException {
    synchronized (lock) {
      if (!closed) {
        asked = true;
        lock.notifyAll();
        notifications.wake();
      }
    }
  }

  private void listChanged() {
    try {
      wake();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void repairEnded() {
    try {
      wake();
    } catch (IOException e) { // The repair has ended all the same.
      LOGGER.warn("{} cannot look at what was repaired", this, e);
    }
  }

  /** Closes for the user: waits for the thread to end, unless it is the caller. */
  void dismiss() {
    calls.dismiss();
    close();
    if (stuck() || Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean stuck() {
    synchronized (lock) {
      return stuck;
    }
  }

  private void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      lock.notifyAll();
      status = status == null ? null : status.stopped();
      try {
        notifications.wake();
      } catch (IOException e) {
        // The thread cannot be woken, and closing its descriptors would wait for it.
        stuck = true;
        LOGGER.error("cannot end {}", this, e);
        return;
      }
    }
    endSimulation.run();
    endRepairs.run();
    lists.close();
    notifications.close();
  }

  private boolean closed() {
    synchronized (lock) {
      return closed;
    }
  }

  @Override
  public void run() {
    try {
      while (true) {
        List<Descriptor> waited = new ArrayList<>(lists.descriptors());
        waited.add(mounts);
        Set<Descriptor> notified = notified(waited, notifications.await(waited, lists.pipes()));
        rest();
        notified.addAll(notified(waited, notifications.await(waited, NO_WAIT)));
        if (closed()) {
          return; // The wake is consumed: another wait would block the close.
        }
        rate.begin();
        look(notified);
        rate.end();
      }
    } catch (IOException | RuntimeException | Error e) {
      if (!closed()) {
        LOGGER.error("{} ends: it reports no more bad blocks", this, e);
        close();
        String reason = "the watch has failed: " + e;
        paths.forEach(path -> calls.add(new WatchGap(path, reason)));
        calls.make(this::publish);
      }
    }
  }

  /** The lists that have notified; an event of CXL may belong to any list that its devices fill. */
  private Set<Descriptor> notified(List<Descriptor> waited, boolean[] notified) {
    Set<Descriptor> all =
        IntStream.range(0, waited.size())
            .filter(i -> notified[i])
            .mapToObj(waited::get)
            .collect(Collectors.toCollection(HashSet::new));
    if (notified.length > waited.size() && notified[waited.size()]) {
      all.addAll(lists.filledByDevices());
    }
    return all;
  }

  /** Waits for the rest of a burst, unless a check is requested. */
  private void rest() {
    synchronized (lock) {
      rate.rest(lock, () -> asked || closed);
    }
  }

  /** Determines what has changed and reports it. */
  private void look(Set<Descriptor> notified) {
    boolean all;
    synchronized (lock) {
      looks++;
      all = asked;
      asked = false;
    }
    Instant time = Instant.now();
    Set<WatchGap> unwatchedBefore = lists.unwatched();
    WatchedScan before = scan;
    OpenLists.Update update = lists.update(notified);
    scan = scan.again(all ? paths : update.affected(), scanner);
    calls.add(time, update.differences(), before, scan);
    for (WatchGap gap : lists.unwatched()) {
      if (!unwatchedBefore.contains(gap)) {
        calls.add(gap);
      }
    }
    publish();
    calls.make(this::publish);
  }

  private void publish() {
    WatchStatus now =
        new WatchStatus(
            true,
            lists.files(),
            List.copyOf(lists.unwatched()),
            calls.counts(lists.badRanges()),
            scan.verdicts(),
            scan.time());
    synchronized (lock) {
      status = closed ? now.stopped() : now;
    }
  }

  @Override
  public String toString() {
    return "BadBlockWatch of " + paths;
  }
}
