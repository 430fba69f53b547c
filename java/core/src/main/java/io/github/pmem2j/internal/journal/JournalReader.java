package io.github.pmem2j.internal.journal;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Finds and reads the journal of a repair. */
public final class JournalReader {
  /** The longest journal that is read or written. */
  public static final int MAX_BYTES = 64 << 20;

  private static final String SUFFIX = ".pmem2j-repair";

  /** NAME_MAX of Linux, in bytes. */
  private static final int MAX_NAME = 255;

  private JournalReader() {}

  /**
   * Where the journal of a file is: beside it, or in a directory under a name of its own. The
   * journals of dax devices have a directory of theirs.
   */
  public static Path place(Path file, Path directory) throws IOException {
    Path real = file.toRealPath();
    try (Descriptor open = Descriptor.openPath(real)) {
      FileStatus status = open.status();
      if (status.type() == FileStatus.Type.CHARACTER_DEVICE) {
        Path journal = DaxIdentity.of(open).journal();
        if (directory != null) {
          throw new IOException(
              file
                  + ": the journal of a dax device is always "
                  + journal
                  + ": name no other place");
        }
        return journal;
      }
      if (directory == null) {
        return place(real, SUFFIX);
      }
      requireDirectory(directory);
      return place(
          directory.toRealPath().resolve(real.getFileName()), "." + status.inode() + SUFFIX);
    }
  }

  private static void requireDirectory(Path directory) throws IOException {
    try (Descriptor open = Descriptor.openPath(directory)) {
      if (open.status().type() != FileStatus.Type.DIRECTORY) {
        throw new NotDirectoryException(directory.toString());
      }
    }
  }

  /** The journal's name begins with the file's, unless the result would be too long. */
  private static Path place(Path file, String after) {
    Path place = PathBytes.sibling(file, ".", after);
    if (nameOf(place).length <= MAX_NAME) {
      return place;
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(nameOf(file));
      return file.resolveSibling(".pmem2j-" + HexFormat.of().formatHex(hash) + after);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JVM has SHA-256.
    }
  }

  private static byte[] nameOf(Path path) {
    byte[] whole = PathBytes.of(path);
    int begin = whole.length;
    while (begin > 0 && whole[begin - 1] != '/') {
      begin--;
    }
    return Arrays.copyOfRange(whole, begin, whole.length);
  }

  /** Whether a journal may have this name: nothing else is read, replaced or removed as one. */
  public static boolean isName(Path name) {
    return name != null && name.toString().startsWith(".") && name.toString().endsWith(SUFFIX);
  }

  /**
   * The content of a file's journal, or null if there is none.
   *
   * @throws RepairJournalException if it cannot be read, is damaged, or of another file
   */
  public static List<JournalFormat.Entry> load(Path path, FileIdentity identity)
      throws IOException {
    return load(path, path, identity);
  }

  /** As {@link #load(Path, FileIdentity)}, at a location that is already open. */
  public static List<JournalFormat.Entry> load(JournalLocation place, FileIdentity identity)
      throws IOException {
    return load(place.path(), place.access(), identity);
  }

  private static List<JournalFormat.Entry> load(Path path, Path access, FileIdentity identity)
      throws IOException {
    byte[] bytes;
    try {
      bytes = read(path, access);
    } catch (NoSuchFileException e) {
      return null;
    } catch (AccessDeniedException e) {
      throw new RepairJournalException(
          path,
          "permission denied, and ranges of the file may be zeros: allow this user to read it",
          e);
    } catch (IOException e) {
      throw new RepairJournalException(
          path,
          "it cannot be read ("
              + NativeError.cause(e)
              + "), and ranges of the file may be zeros: make its storage readable again, or"
              + " restore"
              + " the whole file and delete it",
          e);
    }
    try {
      JournalFormat.Content content = JournalFormat.parse(bytes);
      if (!content.identity().sameFile(identity)) {
        throw new RepairJournalException(
            path,
            "it is of another file, inode "
                + content.identity().inode()
                + " of device "
                + content.identity().device()
                + ": if that was replaced as a whole, delete the journal; if this is a copy of it,"
                + " ranges of the copy may be zeros");
      }
      return content.entries();
    } catch (JournalFormat.DamagedException e) {
      throw new RepairJournalException(
          path,
          e.getMessage()
              + ". Ranges of the file may be zeros: restore those that it still names, or the whole"
              + " file, then delete it");
    }
  }

  /** Whether a whole journal of exactly this file lies there. */
  static boolean isOf(Path path, FileIdentity identity) {
    try {
      return JournalFormat.parse(read(path, path)).identity().equals(identity);
    } catch (IOException | JournalFormat.DamagedException e) {
      return false;
    }
  }

  /** A writer of the file controls where its journal is, so anything may be there. */
  private static byte[] read(Path path, Path access) throws IOException {
    try (Descriptor node = Descriptor.openPath(access, path)) {
      FileStatus status = node.status();
      if (status.type() != FileStatus.Type.REGULAR) {
        throw new IOException("it is a " + status.type().words() + ", not a regular file");
      }
      if (status.size() > MAX_BYTES) {
        throw new IOException("it has " + status.size() + " bytes, too many for a journal");
      }
      try (Descriptor file = node.reopen(Descriptor.Mode.READ)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) status.size());
        int count = 1;
        while (count > 0 && bytes.hasRemaining()) {
          count = FileIo.read(file, bytes, bytes.position());
        }
        if (count < 0) {
          throw new IOException("Input/output error");
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
      }
    }
  }

  public static RepairJournalException failed(Path path, String what, IOException e) {
    return new RepairJournalException(
        path,
        "it cannot be "
            + what
            + " ("
            + NativeError.cause(e)
            + "), so nothing more was cleared: provide writable storage with free space for it, and"
            + " repair again",
        e);
  }
}
