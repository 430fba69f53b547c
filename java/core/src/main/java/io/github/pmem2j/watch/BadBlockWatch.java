package io.github.pmem2j.watch;

import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;

/**
 * Reports to a listener when the kernel learns of bad blocks in the devices below some files and
 * directories, with the files that they hit.
 *
 * <p>One thread sleeps in poll(2) on the kernel's lists until one of them changes; there is no
 * polling interval, and nothing runs between changes. A list is read before the first wait and
 * after every wake, so that no change between two waits is missed. Errors that are already listed
 * when the watch is opened are not reported: open the watch first, then scan.
 *
 * <p>The kernel notifies of errors that a scrub or a machine check has found, and of errors that
 * are cleared. It does <em>not</em> notify of a manual write to a {@code badblocks} file: call
 * {@link #check()} then. An error is found only when its address is read: how early depends on how
 * often the platform scrubs.
 *
 * <p>The watch follows mounts: a file system that is mounted on or below a watched directory later
 * is watched from then on, and the listed errors of its device are reported as found. It also
 * follows changes of device-mapper's tables (lvextend, pvmove), and namespaces that are removed or
 * created again, except in a network namespace that gets no events from the kernel, such as that of
 * a container with a user namespace: call {@link #check()} there.
 *
 * <p>A file that is bad is scanned again when a process that wrote it closes it, as at the end of a
 * repair, and when its attributes or its name change (inotify(7)). That takes read permission on
 * the file. The system limits how many files are followed: if it refuses one, a warning is logged,
 * and the file is scanned again with the next change, or by {@link #check()}.
 *
 * <p>Thread-safe. A watch must be closed; its thread keeps it reachable.
 */
public final class BadBlockWatch implements AutoCloseable {
  private final List<Path> paths;
  private final Watcher watcher;

  private BadBlockWatch(List<Path> paths, Watcher watcher) {
    this.paths = paths;
    this.watcher = watcher;
  }

  /**
   * Opens a watch and scans the paths once.
   *
   * @param paths regular files, directories with all that is below them, and dax devices
   * @param listener gets the changes
   * @return an open watch; look at its {@link #unwatched()}
   * @throws java.nio.file.NoSuchFileException if there is no such path
   * @throws IOException if the native library cannot be loaded, or the system fails
   */
  public static BadBlockWatch open(Collection<Path> paths, BadBlockListener listener)
      throws IOException {
    return open(paths, listener, Watcher.DAEMON);
  }

  /**
   * Opens a watch as {@link #open(Collection, BadBlockListener)}, in a thread that the caller
   * makes.
   *
   * @param paths regular files, directories with all that is below them, and dax devices
   * @param listener gets the changes
   * @param threads makes the watch's one thread, which is not started yet; the default is a daemon
   *     thread named {@code pmem2j-watch}
   * @return an open watch; look at its {@link #unwatched()}
   * @throws java.util.concurrent.RejectedExecutionException if {@code threads} makes no thread
   * @throws java.nio.file.NoSuchFileException if there is no such path
   * @throws IOException if the native library cannot be loaded, or the system fails
   */
  public static BadBlockWatch open(
      Collection<Path> paths, BadBlockListener listener, ThreadFactory threads) throws IOException {
    return open(paths, listener, threads, host(paths));
  }

  /**
   * Opens a watch of one path.
   *
   * @param path a regular file, a directory with all that is below it, or a dax device
   * @param listener gets the changes
   * @return as {@link #open(Collection, BadBlockListener)}
   * @throws IOException likewise
   */
  public static BadBlockWatch open(Path path, BadBlockListener listener) throws IOException {
    Objects.requireNonNull(path, "path");
    return open(Arrays.asList(path), listener);
  }

  private static Host host(Collection<Path> paths) {
    Set<Host> hosts = paths.stream().map(Host::of).collect(Collectors.toSet());
    if (hosts.size() > 1) {
      throw new IllegalArgumentException(
          "some of " + paths + " are simulated, or by another test kit: open a watch for each");
    }
    return hosts.isEmpty() ? Host.local() : hosts.iterator().next();
  }

  static BadBlockWatch open(
      Collection<Path> paths, BadBlockListener listener, ThreadFactory threads, Host host)
      throws IOException {
    List<Path> distinct = List.copyOf(new LinkedHashSet<>(paths));
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(threads, "threads");
    return new BadBlockWatch(distinct, Watcher.start(distinct, listener, threads, host));
  }

  /** {@return the watched paths, as the caller passed them} */
  public List<Path> paths() {
    return paths;
  }

  /**
   * What the watch cannot watch although it should: because it is not persistent memory, because
   * permission to read a list is denied, or because the devices below a path are unknown. Changes
   * there are not reported, or not all of them.
   *
   * @return one entry for each obstacle, as of now; none if all changes are reported
   */
  public List<WatchGap> unwatched() {
    return watcher.status().unwatched();
  }

  /** {@return the status of the watch, as of its last wake} */
  public WatchStatus status() {
    return watcher.status();
  }

  /** For tests: see {@link Watcher#looks()}. */
  long looks() {
    return watcher.looks();
  }

  /**
   * Reads and compares the lists and scans the paths now, in the watch's thread, without waiting
   * for the kernel: for example after a failed access, or after a repair by another process, whose
   * end the kernel does not report. A repair by this process has the same effect. Returns at once.
   * Does nothing after {@link #close()}.
   *
   * @throws IOException if the thread cannot be woken
   */
  public void check() throws IOException {
    watcher.wake();
  }

  /**
   * Ends the watch, releases its resources, and waits until its thread has ended: a listener call
   * in progress completes, and no other follows. Do not hold a lock that the listener needs. Does
   * not wait if the listener itself calls it; an interrupt ends the wait and stays set. Idempotent.
   */
  @Override
  public void close() {
    watcher.dismiss();
  }

  /** {@return a text for messages: the type and the paths} */
  @Override
  public String toString() {
    return "BadBlockWatch of " + paths;
  }
}
