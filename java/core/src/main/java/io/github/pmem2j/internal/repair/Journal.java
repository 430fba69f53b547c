package io.github.pmem2j.internal.repair;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.PathBytes;
import io.github.pmem2j.internal.linux.TemporaryFile;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The journal as a file. It gets its name only when all of it is on the medium and was read back;
 * so what has the name is whole, but for a torn last line. Only the holder of the file's lock makes
 * one.
 */
final class Journal implements AutoCloseable {
  private static final String SUFFIX = ".pmem2j-repair";

  /** Room for the lines that will follow, so that they do not fail for want of space. */
  private static final int LINE = 160;

  private static final int MAX_ATTEMPTS = 16;

  /** No more is read as one, so no more is written. */
  private static final int MOST_BYTES = 64 << 20;

  private final Descriptor file;
  private final JournalText text;
  private final Step.Hook hook;
  private long end;

  private Journal(Descriptor file, JournalText text, Step.Hook hook) {
    this.file = file;
    this.text = text;
    this.hook = hook;
    this.end = text.bytes().length;
  }

  /**
   * Where the journal of a file is: beside it, or in a directory under a name of its own. The
   * journals of dax devices have a directory of theirs.
   */
  static Path place(Path file, Path directory) throws IOException {
    Path real = file.toRealPath();
    try (Descriptor open = Descriptor.openPath(real)) {
      FileStatus status = open.status();
      if (status.type() == FileStatus.Type.CHARACTER_DEVICE) {
        Path journal = DaxDevice.of(open).journal();
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
        return PathBytes.sibling(real, ".", SUFFIX);
      }
      if (!Files.isDirectory(directory)) {
        throw new NotDirectoryException(directory.toString());
      }
      return PathBytes.sibling(
          directory.toRealPath().resolve(real.getFileName()), ".", "." + status.inode() + SUFFIX);
    }
  }

  /** Whether a journal may have this name: nothing else is read, replaced or removed as one. */
  static boolean isName(Path name) {
    return name != null && name.toString().startsWith(".") && name.toString().endsWith(SUFFIX);
  }

  /**
   * What the journal of a file says, or null if there is none.
   *
   * @throws RepairJournalException if it cannot be read, is damaged, or of another file
   */
  static List<JournalText.Entry> load(Path path, Identity identity) throws IOException {
    return load(path, path, identity);
  }

  /** The same of one at its place. */
  static List<JournalText.Entry> load(JournalPlace place, Identity identity) throws IOException {
    return load(place.path(), place.access(), identity);
  }

  private static List<JournalText.Entry> load(Path path, Path access, Identity identity)
      throws IOException {
    byte[] bytes;
    try {
      bytes = read(path, access);
    } catch (NoSuchFileException e) {
      return null;
    } catch (AccessDeniedException e) {
      throw new RepairJournalException(
          path,
          "it may not be read, and ranges of the file may be zeros: allow this user to read it",
          e);
    } catch (IOException e) {
      throw new RepairJournalException(
          path,
          "it cannot be read ("
              + NativeError.cause(e)
              + "), and ranges of the file may be zeros: make its storage readable again, or restore"
              + " the whole file and delete it",
          e);
    }
    try {
      JournalText.Content content = JournalText.parse(bytes);
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
    } catch (JournalText.DamagedException e) {
      throw new RepairJournalException(
          path,
          e.getMessage()
              + ". Ranges of the file may be zeros: restore those that it still names, or the whole"
              + " file, then delete it");
    }
  }

  /**
   * Whoever may write to a file may say where its journal is, and what is there may be anything.
   */
  private static byte[] read(Path path, Path access) throws IOException {
    try (Descriptor node = Descriptor.openPath(access, path)) {
      FileStatus status = node.status();
      if (status.type() != FileStatus.Type.REGULAR) {
        throw new IOException("it is a " + status.type().words() + ", not a regular file");
      }
      if (status.size() > MOST_BYTES) {
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

  /**
   * Replaces the journal by one of these pieces, once that is safely on the medium. A temporary
   * file on bad blocks keeps them until another is written elsewhere.
   */
  static Journal create(
      JournalPlace place,
      Descriptor of,
      Identity identity,
      List<Piece> pieces,
      Machine machine,
      Step.Hook hook)
      throws IOException {
    String name = of.path().toRealPath().toUri().getRawPath();
    JournalText text = JournalText.of(identity, name, pieces);
    long more = (pieces.size() + 1L) * 3 * LINE;
    if (text.bytes().length + more > MOST_BYTES) {
      throw new RepairJournalException(
          place.path(),
          "it would have more than %d bytes, so nothing was cleared: restore the whole file"
              .formatted(MOST_BYTES));
    }
    List<TemporaryFile> unused = new ArrayList<>();
    try {
      while (true) {
        TemporaryFile temporary = place.newTemporary();
        unused.add(temporary);
        Journal journal = new Journal(temporary.file(), text, hook);
        try {
          journal.write(temporary.access(), of, more, machine);
        } catch (IOException e) {
          if (!Medium.isMediaError(e) || unused.size() == MAX_ATTEMPTS) {
            throw e;
          }
          temporary.delete();
          continue;
        }
        temporary.rename();
        hook.after(Step.JOURNAL_NAMED);
        place.sync();
        hook.after(Step.JOURNAL_SYNCED);
        unused.remove(temporary);
        return journal;
      }
    } catch (IOException e) {
      throw failed(place.path(), "written", e);
    } finally {
      unused.forEach(TemporaryFile::close);
    }
  }

  static RepairJournalException failed(Path path, String what, IOException e) {
    return new RepairJournalException(
        path,
        "it cannot be "
            + what
            + " ("
            + NativeError.cause(e)
            + "), so nothing more was cleared: give it room on storage that can be written, and"
            + " repair again",
        e);
  }

  /** Writes all of it, which fails with a media error where its blocks are bad. */
  private void write(Path access, Descriptor of, long more, Machine machine) throws IOException {
    FileIo.takeRights(file, of);
    byte[] bytes = text.bytes();
    // Else ext4 takes the blocks away again when the write fails, and the next file gets them.
    FileIo.truncate(file, bytes.length);
    reserve(bytes.length, more);
    FileIo.write(file, ByteBuffer.wrap(bytes), 0);
    FileIo.sync(file);
    hook.after(Step.JOURNAL_WRITTEN);
    if (!Arrays.equals(bytes, ReadBack.read(file, 0, bytes.length))) {
      throw new IOException(file.path() + " does not read back as written");
    }
    List<BadRange> bad = machine.scan(access).badRanges();
    if (!bad.isEmpty()) {
      throw new UnreadableException(
          file.path(),
          bad.stream().map(range -> new Range(range.offset(), range.length())).toList());
    }
  }

  private void reserve(long length, long more) throws IOException {
    try {
      FileIo.allocate(file, 0, length + more);
    } catch (IOException e) {
      if (!NativeError.errnoName(e).equals("EOPNOTSUPP")) {
        throw e;
      }
    }
  }

  /** From here on the piece counts as lost. */
  void clearing(int index) throws RepairJournalException {
    append("clearing " + index);
    hook.after(Step.CLEARING_WRITTEN);
    sync();
    hook.after(Step.CLEARING_SYNCED);
  }

  /** From here on the piece counts as whole. */
  void restored(int index) throws RepairJournalException {
    append("restored " + index);
    sync();
    hook.after(Step.RESTORED_SYNCED);
  }

  /** A word for the engineer who reads it. */
  void note(int index, String text) throws RepairJournalException {
    append("note " + index + " " + (text.length() > LINE / 2 ? text.substring(0, LINE / 2) : text));
    sync();
  }

  private void append(String line) throws RepairJournalException {
    byte[] bytes = text.add(line);
    try {
      FileIo.write(file, ByteBuffer.wrap(bytes), end);
    } catch (IOException e) {
      throw failed(file.path(), "written", e);
    }
    end += bytes.length;
  }

  private void sync() throws RepairJournalException {
    try {
      FileIo.sync(file);
    } catch (IOException e) {
      throw failed(file.path(), "written", e);
    }
  }

  /** Removes it: everything has been restored. */
  static void remove(JournalPlace place, Step.Hook hook) throws RepairJournalException {
    try {
      Files.deleteIfExists(place.access());
      hook.after(Step.JOURNAL_REMOVED);
      place.sync();
    } catch (IOException e) {
      throw failed(place.path(), "removed", e);
    }
    hook.after(Step.FORGOTTEN);
  }

  @Override
  public void close() {
    file.close();
  }
}
