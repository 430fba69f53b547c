package io.github.pmem2j.watch;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileEvents;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies when a bad file may have become good without a change of a list: a repair that gave it
 * other blocks, or removed its journal, has ended, or the file was written, replaced or removed.
 * Only for the watch's thread, but any thread may close the open files.
 */
final class BadFileEvents {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  private final WatchedFiles open;
  private Set<Path> files = Set.of();

  /** Null if there are no files. */
  private Descriptor events;

  BadFileEvents(WatchedFiles open) {
    this.open = open;
  }

  /** The pipe to poll, if there are files. */
  List<Descriptor> pipes() {
    return events == null ? List.of() : List.of(events);
  }

  /** The files whose events are awaited. */
  Set<Path> files() {
    return files;
  }

  /** Discards all events, and awaits those of these files from now on; scan them after that. */
  void await(Set<Path> bad) {
    if (events != null) {
      open.close(events);
      events = null;
    }
    files = bad;
    if (bad.isEmpty()) {
      return;
    }
    IOException failure = null;
    try {
      events = open.add(FileEvents.open());
      for (Path file : bad) {
        failure = add(file, failure);
      }
    } catch (IOException e) {
      failure = e;
    }
    if (failure != null) {
      LOGGER.warn("cannot await the repair of all bad files: call check() after it", failure);
    }
  }

  /** Returns the failure, or else that of earlier files. */
  private IOException add(Path file, IOException earlier) {
    try {
      FileEvents.add(events, file);
    } catch (NoSuchFileException e) {
      LOGGER.debug("{} is gone, which the next scan shows", file, e);
    } catch (IOException e) {
      return e;
    }
    return earlier;
  }
}
