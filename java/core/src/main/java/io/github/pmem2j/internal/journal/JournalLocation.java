package io.github.pmem2j.internal.journal;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.DirectoryEntry;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.TemporaryFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The location of a journal during a repair. Its directory stays open, and every step goes through
 * it, so that renaming a directory on the path redirects no step.
 */
public final class JournalLocation implements AutoCloseable {
  private final DirectoryEntry entry;
  private Descriptor lock;

  /** Opens the location of the journal with this path. */
  public JournalLocation(Path path) throws IOException {
    this.entry = new DirectoryEntry(path);
  }

  /**
   * The location of a dax device's journal. Creates the directory if it is missing.
   *
   * @throws io.github.pmem2j.RepairJournalException if that fails
   */
  public static JournalLocation ofDevice(Path path) throws IOException {
    try {
      Files.createDirectories(path.getParent());
      return new JournalLocation(path);
    } catch (IOException e) {
      throw JournalReader.failed(path, "written", e);
    }
  }

  /**
   * The directory that each repair of a dax device locks; null if there is none, so that none can
   * be running.
   */
  public static Descriptor deviceLock() throws IOException {
    try {
      return Descriptor.open(DaxIdentity.JOURNALS, Descriptor.Mode.READ);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Locks the directory until this is closed. A dax device may have several nodes, so a lock on the
   * node is not enough.
   */
  public boolean tryLock() throws IOException {
    lock = entry.directory().reopen(Descriptor.Mode.READ);
    return FileIo.tryLock(lock);
  }

  /** The journal's path, for messages. */
  public Path path() {
    return entry.path();
  }

  /** The journal's path, for system calls. */
  public Path access() throws IOException {
    return entry.access();
  }

  /** Removes the journal, if there is one. */
  public void delete() throws IOException {
    entry.delete();
  }

  /** A file in the same directory, to be renamed to the journal's name. */
  public TemporaryFile newTemporary() throws IOException {
    return new TemporaryFile(entry);
  }

  /**
   * Removes the temporary files that an interrupted run left before it renamed this file's journal
   * into place. The caller holds the file's lock, so no one is writing one.
   */
  public void removeUnnamed(FileIdentity identity) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(entry.directory().link())) {
      for (Path each : found) {
        if (TemporaryFile.isName(each.getFileName().toString())
            && JournalReader.isOf(each, identity)) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It remains, under a name that nothing else uses.
    }
  }

  /** Whether a file lies in the same directory, by this name. */
  public boolean holds(Path name, Descriptor file) throws IOException {
    return entry.isOf(name.getFileName(), file);
  }

  /** Waits until renames and removals are on the medium. */
  public void sync() throws IOException {
    entry.sync();
  }

  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
    entry.close();
  }
}
