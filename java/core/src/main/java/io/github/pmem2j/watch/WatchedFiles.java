package io.github.pmem2j.watch;

import io.github.pmem2j.internal.linux.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The open files of a watch, which another thread may close. Thread-safe. */
final class WatchedFiles implements AutoCloseable {
  private final Set<Descriptor> open = new HashSet<>();
  private boolean closed;

  /**
   * Opens a file, to be closed with the others.
   *
   * @throws IllegalStateException if the watch is closed
   */
  Descriptor open(Path path) throws IOException {
    return add(Descriptor.open(path, Descriptor.Mode.READ));
  }

  /**
   * Adds an open file, to be closed with the others.
   *
   * @throws IllegalStateException if the watch is closed; then the file is closed, too
   */
  Descriptor add(Descriptor descriptor) {
    synchronized (this) {
      if (closed) {
        descriptor.close();
        throw new IllegalStateException("the watch is closed");
      }
      open.add(descriptor);
    }
    return descriptor;
  }

  /** Closes one of them now. */
  void close(Descriptor descriptor) {
    descriptor.close();
    synchronized (this) {
      open.remove(descriptor);
    }
  }

  /** Closes every file; waits for a read, and for a wait that is about to end. */
  @Override
  public synchronized void close() {
    closed = true;
    open.forEach(Descriptor::close);
  }
}
