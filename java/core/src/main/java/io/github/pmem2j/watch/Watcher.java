package io.github.pmem2j.watch;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Poller;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
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

  private final ScanRate rate = new ScanRate(System::nanoTime);
  private WatchedScan scan;

  /** Whether something has been done to a bad file since the scan. */
  private boolean badFilesChanged;

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
      watcher.awaitBadFiles();
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
        List<Descriptor> pipes = new ArrayList<>(lists.pipes());
        pipes.addAll(lists.badFiles().pipes());
        Set<Descriptor> notified = notifications.await(waited, pipes);
        rest();
        notified.addAll(notifications.await(waited, NO_WAIT));
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

  /** Waits for the rest of a burst, unless a check is requested. */
  private void rest() {
    synchronized (lock) {
      rate.rest(lock, () -> asked || closed);
    }
  }

  /** Determines what has changed and reports it. */
  private void look(Set<Descriptor> notified) throws IOException {
    boolean all;
    synchronized (lock) {
      looks++;
      all = asked;
      asked = false;
    }
    Instant time = Instant.now();
    Set<WatchGap> unwatchedBefore = lists.unwatched();
    WatchedScan before = scan;
    if (!Collections.disjoint(notified, lists.pipes())) { // It may belong to any of these lists.
      notified.addAll(lists.filledByDevices());
    }
    OpenLists.Update update = lists.update(notified);
    Set<Path> due = new HashSet<>(all ? paths : update.affected());
    BadFileEvents badFiles = lists.badFiles();
    if (!Collections.disjoint(notified, badFiles.pipes())) {
      badFiles.await(badFiles.files());
      badFilesChanged = true;
    }
    if (badFilesChanged) {
      due.addAll(scan.badPaths());
      badFilesChanged = false;
    }
    scan = scan.again(due, scanner);
    calls.add(time, update.differences(), before, scan);
    for (WatchGap gap : lists.unwatched()) {
      if (!unwatchedBefore.contains(gap)) {
        calls.add(gap);
      }
    }
    awaitBadFiles();
    publish();
    calls.make(this::publish);
  }

  /** Awaits the events of the files that are bad now, and looks again if it has missed some. */
  private void awaitBadFiles() throws IOException {
    if (!scan.badFiles().equals(lists.badFiles().files())) {
      lists.badFiles().await(scan.badFiles());
      badFilesChanged = scan.badFilesChanged(scanner);
      if (badFilesChanged) {
        notifications.wake();
      }
    }
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
