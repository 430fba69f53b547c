package io.github.pmem2j.internal.linux;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.SystemCalls;
import java.io.IOException;
import java.nio.file.Path;

/** Events of files (inotify(7)), for a {@link Poller}, to which their descriptor is a pipe. */
public final class FileEvents {
  private FileEvents() {}

  /** Opens a queue of events. It is never read: close it to discard them. */
  public static Descriptor open() throws IOException {
    int fd = SystemCalls.inotifyInit();
    if (fd < 0) {
      throw NativeError.exception("inotify_init1", null, fd, "");
    }
    return Descriptor.ofEvents(fd);
  }

  /**
   * Adds a file: an event tells that its attributes or its name changed, or that a process closed
   * it after writing.
   *
   * @throws java.nio.file.NoSuchFileException if there is no such file
   */
  public static void add(Descriptor events, Path file) throws IOException {
    byte[] path = PathBytes.of(file);
    int code = events.use(fd -> SystemCalls.inotifyAddWatch(fd, path));
    if (code < 0) {
      throw NativeError.exception("inotify_add_watch", file, code, "");
    }
  }
}
