package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.NativeError;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A new file with a random name (O_EXCL, O_NOFOLLOW), written in full and then renamed to the name
 * that it is for. Until then closing it removes it.
 */
public final class TemporaryFile implements AutoCloseable {
  private static final String PREFIX = ".pmem2j-";
  private static final String SUFFIX = ".tmp";

  private final DirectoryEntry entry;
  private final Path name;
  private final Descriptor file;
  private boolean present = true;

  /** Creates it in the target's directory. Errors name the target. */
  public TemporaryFile(DirectoryEntry entry) throws IOException {
    this.entry = entry;
    this.name = Path.of(PREFIX + UUID.randomUUID() + SUFFIX);
    this.file =
        Descriptor.open(
            access(),
            entry.path(),
            Descriptor.Mode.READ,
            Descriptor.Mode.WRITE,
            Descriptor.Mode.CREATE_NEW);
  }

  /** Whether a temporary file may have this name. */
  public static boolean isName(String name) {
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
  }

  /** The open file. It stays open until this is closed. */
  public Descriptor file() {
    return file;
  }

  /** The path for system calls, until it is renamed. */
  public Path access() throws IOException {
    return entry.access(name);
  }

  /**
   * Renames it to the target.
   *
   * @param replace whether to replace the target; otherwise it must not exist
   * @throws FileAlreadyExistsException if it exists and is not to be replaced
   */
  public void rename(boolean replace) throws IOException {
    if (replace) {
      replace();
    } else {
      renameToFree();
    }
  }

  private void replace() throws IOException {
    try {
      Files.move(
          access(),
          entry.access(),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) { // It names paths of this process.
      throw NativeError.named(e, "rename", entry.path());
    }
    present = false;
  }

  private void renameToFree() throws IOException {
    try {
      Files.createLink(entry.access(), access());
      delete();
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(
          entry.path().toString(), null, "another program has just created it");
    } catch (FileSystemException e) {
      if (entry.exists()) {
        throw NativeError.named(e, "rename", entry.path());
      }
      replace(); // The file system has no hard links.
    }
  }

  /** Removes its name; it keeps its blocks until it is closed. */
  public void delete() throws IOException {
    if (present) {
      Files.deleteIfExists(access());
      present = false;
    }
  }

  @Override
  public void close() {
    try (file) {
      delete();
    } catch (IOException e) {
      present = false; // It stays, under a name that nothing else uses.
    }
  }
}
