package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.jni.NativeError;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A name in a directory that stays open. Each step goes through the open directory, so renaming a
 * directory on the path does not redirect it.
 */
public final class DirectoryEntry implements AutoCloseable {
  private final Path path;
  private final Descriptor directory;

  /** Opens the directory of a path. The file itself need not exist. */
  public DirectoryEntry(Path path) throws IOException {
    this.path = path;
    Path parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(path + ": it is a directory, not a file: name a file");
    }
    this.directory = Descriptor.openPath(parent);
  }

  /** The path for messages. */
  public Path path() {
    return path;
  }

  /** The path for system calls, valid while this is open. */
  public Path access() throws IOException {
    return access(path.getFileName());
  }

  /** The path for system calls of another name in the same directory. */
  public Path access(Path name) throws IOException {
    return directory.link().resolve(name);
  }

  /** The open directory. */
  public Descriptor directory() {
    return directory;
  }

  /** Whether anything has the name, a symbolic link included. */
  public boolean exists() throws IOException {
    return Files.exists(access(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether a file has this name. */
  public boolean isOf(Descriptor file) throws IOException {
    return isOf(path.getFileName(), file);
  }

  /** Whether a file has another name in the same directory. */
  public boolean isOf(Path name, Descriptor file) throws IOException {
    Path named = path.resolveSibling(name);
    try (Descriptor found = Descriptor.openPath(access(name), named)) {
      return found.status().sameFile(file.status());
    }
  }

  /** Removes whatever has the name. */
  public void delete() throws IOException {
    try {
      Files.deleteIfExists(access());
    } catch (FileSystemException e) { // It names paths of this process.
      throw NativeError.named(e, "remove", path);
    }
  }

  /** fsync(2) of the directory: renames and removals are then on the medium. */
  public void sync() throws IOException {
    try (Descriptor open = directory.reopen(Descriptor.Mode.READ)) {
      FileIo.sync(open);
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
