package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.Descriptor;
import io.github.pmem2j.internal.FileIo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a journal is, while a repair runs. Its directory stays open and every step goes through
 * that, so that whoever may rename what is on the way there leads no step elsewhere.
 */
final class JournalPlace implements AutoCloseable {
  private final Path path;

  /** Null until {@link #make} where it was missing. */
  private Descriptor directory;

  private JournalPlace(Path path) {
    this.path = path;
  }

  /** That of a journal with this path. */
  static JournalPlace of(Path path) throws IOException {
    JournalPlace place = new JournalPlace(path);
    if (Files.exists(path.getParent())) {
      place.open();
    }
    return place;
  }

  private void open() throws IOException {
    directory = Descriptor.open(path.getParent(), Descriptor.Mode.READ);
  }

  /** Makes the directory, which is missing for a first dax device only. */
  private void make() throws IOException {
    if (directory == null) {
      Files.createDirectories(path.getParent());
      open();
    }
  }

  /**
   * Keeps others out of the directory until this is closed. For dax devices, one of which may have
   * several nodes, so that a lock on its own is not enough.
   *
   * @throws io.github.pmem2j.repair.RepairJournalException if there can be no such directory
   */
  boolean tryLock() throws IOException {
    try {
      make();
    } catch (IOException e) {
      throw Journal.failed(path, "written", e);
    }
    return FileIo.tryLock(directory);
  }

  /** The journal's path, to be shown. */
  Path path() {
    return path;
  }

  /** The journal's path, to be used. */
  Path access() throws IOException {
    return directory == null ? path : directory.link().resolve(path.getFileName());
  }

  /** Whether a file lies in the same directory, by this name. */
  boolean holds(Path name, Descriptor file) throws IOException {
    Path beside = directory.link().resolve(name.getFileName());
    try (Descriptor found = Descriptor.openPath(beside)) {
      return found.status().sameFile(file.status());
    }
  }

  /** Until what was renamed or removed is on the medium. */
  void sync() throws IOException {
    FileIo.sync(directory);
  }

  @Override
  public void close() {
    if (directory != null) {
      directory.close();
    }
  }
}
