package io.github.pmem2j.internal;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Waits, without a timeout, until the kernel says that an open file has changed or another thread
 * calls {@link #wake}. Attributes of sysfs and the table of mounts notify so; ordinary files never
 * do.
 *
 * <p>The two sides have a descriptor each of one eventfd, so that a wake need not wait for the
 * handle that the waiting side holds.
 */
public final class Notifications implements AutoCloseable {
  private final Handle waiting;
  private final Handle waking;

  private Notifications(int fd, int duplicate) {
    waiting = handle("the waiting side of an eventfd", fd);
    waking = handle("the waking side of an eventfd", duplicate);
  }

  private static Handle handle(String what, int fd) {
    return new Handle(what, null, fd + 1L, pointer -> Native.close((int) (pointer - 1)));
  }

  /** Makes one. */
  public static Notifications open() throws IOException {
    NativeLibrary.require();
    int fd = check(Native.eventfd(), "eventfd");
    int duplicate = Native.dup(fd);
    if (duplicate < 0) {
      Native.close(fd);
    }
    return new Notifications(fd, check(duplicate, "dup"));
  }

  private static int check(int code, String operation) throws IOException {
    if (code < 0) {
      throw NativeError.exception(operation, null, code, "");
    }
    return code;
  }

  /**
   * Waits until one of the files has changed since it was last read (the table of mounts: since it
   * was last waited for), or until there has been a wake since the last wait. None of the files can
   * be closed meanwhile, nor this: wake first.
   *
   * @return for each file whether it was notified
   * @throws IllegalStateException if this, or one of the files, is closed
   */
  public boolean[] await(List<Descriptor> files) throws IOException {
    return waiting.use(
        pointer -> {
          int[] fds = new int[files.size() + 1];
          fds[files.size()] = (int) (pointer - 1);
          return await(files, 0, fds);
        });
  }

  /** Takes the descriptors one inside the other's use, and polls inside the last. */
  private static boolean[] await(List<Descriptor> files, int taken, int[] fds) throws IOException {
    if (taken < files.size()) {
      return files
          .get(taken)
          .use(
              fd -> {
                fds[taken] = fd;
                return await(files, taken + 1, fds);
              });
    }
    int[] events = new int[fds.length];
    int[] revents = new int[fds.length];
    Arrays.fill(events, Native.POLLPRI | Native.POLLERR);
    events[taken] = Native.POLLIN;
    check(Native.poll(fds, events, revents), "poll");
    if (revents[taken] != 0) {
      check(Native.eventfdRead(fds[taken]), "eventfd_read");
    }
    boolean[] notified = new boolean[taken];
    for (int i = 0; i < taken; i++) {
      notified[i] = revents[i] != 0;
    }
    return notified;
  }

  /**
   * Ends the wait that is under way, or else the next one.
   *
   * @throws IllegalStateException if this is closed
   */
  public void wake() throws IOException {
    waking.use(pointer -> check(Native.eventfdWrite((int) (pointer - 1)), "eventfd_write"));
  }

  @Override
  public void close() {
    waiting.close();
    waking.close();
  }
}
