package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.ErrorJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * A file that a command writes for others to read. It is replaced as a whole, and only if the same
 * command wrote the old file: a path in the wrong place on the command line destroys nothing.
 */
final class OutputFile {
  private static final FileAttribute<?> READABLE_BY_ALL =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

  private static final Set<OpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private final Path path;
  private final String begin;

  /**
   * Names a file.
   *
   * @param begin the beginning of each file of its kind, in ASCII
   */
  OutputFile(Path path, String begin) {
    this.path = path;
    this.begin = begin;
  }

  /** Whether the name is that which other programs take for standard output. */
  boolean isStandardOutput() {
    return path.toString().equals("-");
  }

  /** Whether this is the same file, or would be, by any path. */
  boolean isSameAs(OutputFile other) throws IOException {
    return place().equals(other.place());
  }

  private Path place() throws IOException {
    Path absolute = path.toAbsolutePath();
    return absolute.getParent().toRealPath().resolve(absolute.getFileName());
  }

  /** Checks that the file can be written, before the work that it reports. */
  void check() throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + ": it is a directory, not a file: name a file");
    }
    if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
      throw new NotDirectoryException(directory.toString());
    }
    if (!Files.isWritable(directory)) { // A new file replaces the old one.
      throw Files.getFileStore(directory).isReadOnly()
          ? new IOException(path + ": " + directory + " is read-only: name another place")
          : new AccessDeniedException(path.toString(), null, "creating a file in " + directory);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + ": not a regular file, and is not replaced: name another");
    }
    byte[] found;
    try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      found = in.readNBytes(begin.length());
    }
    if (found.length > 0 && !new String(found, StandardCharsets.ISO_8859_1).equals(begin)) {
      throw new IOException(
          path + ": has other content, and is not replaced: remove it, or name another file");
    }
  }

  /** Whether it can be written; else the command reports that, and must end. */
  boolean ready(PmemCommand command, BiFunction<String, ErrorJson, Record> line) {
    try {
      check();
      return true;
    } catch (IOException e) {
      command.fail(path, e, line);
      return false;
    }
  }

  /** Replaces the file; the command reports what fails. */
  void write(PmemCommand command, byte[] content, BiFunction<String, ErrorJson, Record> line) {
    try {
      write(content);
    } catch (IOException e) {
      command.fail(path, e, line);
    }
  }

  /** Replaces the file. Readers see either the old content or the new one. */
  void write(byte[] content) throws IOException {
    check();
    // Hidden, and with another suffix: collectors read all *.prom of a directory.
    Path temporary = path.resolveSibling(".pmem2j-" + UUID.randomUUID() + ".tmp");
    try {
      write(temporary, content);
    } catch (FileSystemException e) { // It names the temporary file, or both.
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      throw new IOException(path + ": cannot be replaced: " + reason, e);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be written: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private void write(Path temporary, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, NEW, READABLE_BY_ALL)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(
        temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
