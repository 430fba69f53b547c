package io.github.pmem2j.internal.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.jni.NativeError;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFileTest {
  @TempDir Path directory;

  private FileSystemException failure(Path target, boolean delete) throws IOException {
    try (DirectoryEntry entry = new DirectoryEntry(target);
        TemporaryFile temporary = new TemporaryFile(entry)) {
      if (delete) {
        Files.delete(temporary.access());
      }
      return assertThrows(FileSystemException.class, () -> temporary.rename(true));
    }
  }

  @Test
  void renamesOnlyToAFreeName() throws IOException {
    Path target = directory.resolve("target");
    try (DirectoryEntry entry = new DirectoryEntry(target);
        TemporaryFile first = new TemporaryFile(entry);
        TemporaryFile second = new TemporaryFile(entry)) {
      first.rename(false);
      assertEquals(
          target + ": another program has just created it",
          assertThrows(FileAlreadyExistsException.class, () -> second.rename(false)).getMessage());
      assertTrue(entry.isOf(first.file()));
      second.rename(true);
      assertTrue(entry.isOf(second.file()));
    }
    assertArrayEquals(new String[] {"target"}, directory.toFile().list());
  }

  /** The JDK has no reason for some errors, only a class. */
  @Test
  void aFailureSaysWhatHappened() throws IOException {
    Path target = directory.resolve("target");
    FileSystemException missing = failure(target, true);
    assertEquals(target + ": rename: NoSuchFileException", NativeError.cause(missing));
    assertInstanceOf(NoSuchFileException.class, missing.getCause());

    Files.createDirectories(target.resolve("not empty"));
    FileSystemException occupied = failure(target, false);
    assertEquals(target + ": rename: Is a directory", NativeError.cause(occupied));

    try (DirectoryEntry entry = new DirectoryEntry(target)) {
      FileSystemException kept = assertThrows(FileSystemException.class, entry::delete);
      assertEquals(target + ": remove: DirectoryNotEmptyException", NativeError.cause(kept));
    }
  }
}
