package io.github.pmem2j.watch;

import io.github.pmem2j.internal.device.PoisonEvents;
import io.github.pmem2j.internal.linux.Descriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of CXL devices, collected once one of their lists is watched. Only for the watch's
 * thread, except {@link #close}.
 */
final class CxlEvents implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  private final Path sys;
  private final WatchedFiles files;
  private PoisonEvents events;
  private Descriptor pipe;
  private boolean closed;

  CxlEvents(Path sys, WatchedFiles files) {
    this.sys = sys;
    this.files = files;
  }

  /** Collects events from now on; read the lists after that. */
  void open() throws IOException {
    if (events != null) {
      return;
    }
    PoisonEvents opened = PoisonEvents.open(sys);
    try {
      Descriptor openedPipe = files.open(opened.pipe());
      synchronized (this) {
        if (closed) {
          opened.close();
          return;
        }
        events = opened;
        pipe = openedPipe;
      }
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The pipe to poll, once events are collected. */
  List<Descriptor> pipes() {
    return pipe == null ? List.of() : List.of(pipe);
  }

  /** Makes the pipe unreadable until the next event; read the lists after that. */
  void discard() {
    if (events == null) {
      return;
    }
    try {
      events.discard();
    } catch (IOException e) {
      LOGGER.warn("the events of CXL devices cannot be traced any more", e);
      files.close(pipe);
      synchronized (this) {
        events.close();
        events = null;
        pipe = null;
      }
    }
  }

  /** Ends the collection. Close the files first, including the pipe. */
  @Override
  public synchronized void close() {
    closed = true;
    if (events != null) {
      events.close();
    }
  }
}
