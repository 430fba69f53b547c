package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Native;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Waits until the kernel reports that an open file has changed or another thread calls {@link
 * #wake}. Attributes of sysfs and the table of mounts notify so; ordinary files never do. It also
 * returns when a device-mapper device gets another table, or a device of an NVDIMM bus comes or
 * goes, unless the network namespace gets no events from the kernel.
 *
 * <p>Each side has its own descriptor of one eventfd, so that a wake need not wait for the handle
 * that the waiting side holds.
 */
public final class Poller implements AutoCloseable {
  private static final int FOREVER = -1;

  private final Handle waiting;
  private final Handle waking;

  /** The kernel's device events; null where there are none. */
  private final Handle uevents;

  private Poller(int fd, int duplicate, int uevents) {
    this.waiting = Handle.ofDescriptor("the waiting side of an eventfd", fd);
    this.waking = Handle.ofDescriptor("the waking side of an eventfd", duplicate);
    this.uevents =
        uevents < 0 ? null : Handle.ofDescriptor("a socket for the kernel's events", uevents);
  }

  /** Opens a poller. */
  public static Poller open() throws IOException {
    int fd = check(SystemCalls.eventfd(), "eventfd");
    int duplicate = SystemCalls.dup(fd);
    if (duplicate < 0) {
      SystemCalls.close(fd);
    }
    return new Poller(fd, check(duplicate, "dup"), SystemCalls.ueventSocket());
  }

  private static int check(int code, String operation) throws IOException {
    if (code < 0) {
      throw NativeError.exception(operation, null, code, "");
    }
    return code;
  }

  /**
   * Waits until one of the files has changed since it was last read (the table of mounts: since the
   * last wait), until a mapped device has got another table or an NVDIMM bus has changed, or until
   * there has been a wake since the last wait. Meanwhile neither the files nor this can be closed:
   * wake first.
   *
   * @return the files that were notified
   * @throws IllegalStateException if this, or one of the files, is closed
   */
  public Set<Descriptor> await(List<Descriptor> files) throws IOException {
    return await(files, List.of(), FOREVER);
  }

  /**
   * Waits likewise, but no longer than some milliseconds; a signal, or an event of another device,
   * may end that earlier.
   *
   * @return the files that were notified
   */
  public Set<Descriptor> await(List<Descriptor> files, int milliseconds) throws IOException {
    return await(files, List.of(), milliseconds);
  }

  /**
   * Waits for files likewise, and until one of the pipes is readable.
   *
   * @return the files and pipes that were notified
   * @throws IllegalStateException if this, or one of the files or pipes, is closed
   */
  public Set<Descriptor> await(List<Descriptor> files, List<Descriptor> pipes) throws IOException {
    return await(files, pipes, FOREVER);
  }

  private Set<Descriptor> await(List<Descriptor> files, List<Descriptor> pipes, int milliseconds)
      throws IOException {
    List<Descriptor> all = new ArrayList<>(files);
    all.addAll(pipes);
    return waiting.use(
        pointer -> {
          int[] fds = new int[all.size() + 2];
          int[] events = new int[fds.length];
          Arrays.fill(events, Native.POLLIN);
          Arrays.fill(events, 0, files.size(), Native.POLLPRI | Native.POLLERR);
          fds[all.size()] = (int) (pointer - 1);
          fds[all.size() + 1] = -1;
          if (uevents == null) {
            return await(all, 0, fds, events, milliseconds);
          }
          return uevents.use(
              socket -> {
                fds[all.size() + 1] = (int) (socket - 1);
                return await(all, 0, fds, events, milliseconds);
              });
        });
  }

  /** Nests the uses of the descriptors, and polls inside the innermost. */
  private static Set<Descriptor> await(
      List<Descriptor> files, int taken, int[] fds, int[] events, int milliseconds)
      throws IOException {
    if (taken < files.size()) {
      return files
          .get(taken)
          .use(
              fd -> {
                fds[taken] = fd;
                return await(files, taken + 1, fds, events, milliseconds);
              });
    }
    int[] revents = new int[fds.length];
    Set<Descriptor> notified = new HashSet<>();
    boolean done = false;
    while (!done) {
      check(SystemCalls.poll(fds, events, revents, milliseconds), "poll");
      done = milliseconds >= 0;
      if (revents[taken] != 0) {
        check(SystemCalls.eventfdRead(fds[taken]), "eventfd_read");
        done = true;
      }
      if (revents[taken + 1] != 0) { // Most events are of other devices.
        done |= check(SystemCalls.ueventRead(fds[taken + 1]), "recv") > 0;
      }
      for (int i = 0; i < taken; i++) {
        if (revents[i] != 0) {
          notified.add(files.get(i));
        }
      }
      done |= !notified.isEmpty();
    }
    return notified;
  }

  /**
   * Ends the current wait, or else the next one.
   *
   * @throws IllegalStateException if this is closed
   */
  public void wake() throws IOException {
    waking.use(pointer -> check(SystemCalls.eventfdWrite((int) (pointer - 1)), "eventfd_write"));
  }

  @Override
  public void close() {
    waiting.close();
    waking.close();
    if (uevents != null) {
      uevents.close();
    }
  }
}
