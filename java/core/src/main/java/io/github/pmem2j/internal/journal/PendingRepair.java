package io.github.pmem2j.internal.journal;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Finds the ranges that an interrupted repair has cleared and not restored, which the device
 * reports as healthy. For a file without a repair this costs one system call.
 */
public final class PendingRepair {
  private static final int MAX_ATTEMPTS = 4;

  /** The errors of a file system whose attributes cannot be read or are inconsistent. */
  private static final Set<String> LOST = Set.of("EIO", "EUCLEAN", "EBADMSG");

  private PendingRepair() {}

  /** The file system has lost the file's attributes, and no journal lies beside it. */
  public static final class UnreadableMarkException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableMarkException(Path path, IOException cause) {
      super(
          path
              + ": its extended attributes cannot be read ("
              + NativeError.cause(cause)
              + "), so whether an interrupted repair has left zeros in it is unknown: look for a"
              + " journal of that repair, or salvage the file and compare the copy",
          cause);
    }
  }

  /**
   * Whether a file may have a pending repair, by one system call on its path.
   *
   * @throws NoSuchFileException if there is no such file
   */
  public static boolean possible(Path path) throws IOException {
    byte[] mark = FileIo.repairMark(path);
    return mark == null || mark.length > 0;
  }

  /**
   * The ranges of an open file or dax device that a repair has cleared and not restored.
   *
   * @param file open in any mode
   * @param daxDevice whether it is a dax device
   * @throws RepairJournalException if there is a journal, and it is missing or unusable
   */
  public static RangeSet zeroed(Descriptor file, boolean daxDevice) throws IOException {
    if (daxDevice) {
      Path journal = DaxIdentity.find(file).map(DaxIdentity::journal).orElse(null);
      // A journal that no longer exists belonged to a repair that has just ended.
      return journal == null || Files.notExists(journal)
          ? RangeSet.empty()
          : cleared(load(journal, file));
    }
    return cleared(find(file, journal -> load(journal, file)));
  }

  private static RangeSet cleared(List<JournalFormat.Entry> entries) {
    RangeSet.Builder ranges = RangeSet.builder();
    if (entries != null) {
      entries.stream()
          .map(JournalFormat.Entry::unit)
          .filter(unit -> unit.inDoubt() && !unit.empty())
          .forEach(unit -> ranges.add(ByteRange.between(unit.blocks().offset(), unit.dataEnd())));
    }
    return ranges.build();
  }

  private static List<JournalFormat.Entry> load(Path journal, Descriptor file) throws IOException {
    try (Descriptor open = file.reopen(Descriptor.Mode.READ)) {
      return JournalReader.load(journal, FileIdentity.of(open));
    }
  }

  /** Reads a journal. */
  @FunctionalInterface
  public interface Reader<T> {
    /** Returns its content, or null if it does not exist. */
    T read(Path journal) throws IOException;
  }

  /**
   * Reads the journal of an unfinished repair of a file, even if the file has been renamed since.
   *
   * <p>A repair that ends removes the mark, then the journal, and may do both between the reads of
   * the two. So a journal counts as missing only if it is missing every time.
   *
   * @return the result of {@code reader}, or null if there is no journal
   * @throws RepairJournalException if there is one, and it is missing or unusable
   */
  public static <T> T find(Descriptor file, Reader<T> reader) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Path journal = journal(file);
        if (journal == null) {
          return null;
        }
        T content = reader.read(journal);
        if (content == null) {
          throw missing(journal, file.path());
        }
        return content;
      } catch (RepairJournalException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Where the journal of an unfinished repair of a file is; null if there is none. */
  private static Path journal(Descriptor file) throws IOException {
    Path path = file.path();
    byte[] mark;
    try {
      mark = FileIo.repairMark(file);
    } catch (IOException e) {
      Path beside = JournalReader.place(path, null);
      if (!LOST.contains(NativeError.errnoName(e))) {
        throw e;
      } else if (mayExist(beside)) {
        return beside;
      }
      throw new UnreadableMarkException(path, e);
    }
    if (mark != null && mark.length == 0) {
      return null;
    }
    if (mark == null) {
      Path beside = JournalReader.place(path, null);
      return mayExist(beside) ? beside : null;
    }
    Path journal = marked(mark, path);
    if (Files.exists(journal) && !isOriginal(journal, file)) {
      return journal;
    }
    // A directory may have been moved, or its file system copied, with all that is in it.
    Path moved = inDirectoryOf(path, journal);
    if (Files.exists(moved)) {
      return moved;
    }
    throw missing(journal, path);
  }

  private static Path inDirectoryOf(Path path, Path journal) throws IOException {
    return JournalReader.place(path, null).resolveSibling(journal.getFileName());
  }

  /**
   * Whether a journal is that of the file system which the file's own is a copy of, and the copy of
   * the journal is in the directory of the file.
   */
  private static boolean isOriginal(Path journal, Descriptor file) throws IOException {
    FileStatus.DeviceNumber device = file.status().device();
    try {
      if (isOn(device, journal)) {
        return false;
      }
      Path beside = inDirectoryOf(file.path(), journal);
      return isOn(device, beside) && load(beside, file) != null;
    } catch (NoSuchFileException | RepairJournalException e) {
      return false; // The file was renamed, or has no such journal.
    }
  }

  private static boolean isOn(FileStatus.DeviceNumber device, Path path) throws IOException {
    try (Descriptor found = Descriptor.openPath(path)) {
      return found.status().device().equals(device);
    }
  }

  /** The path that a mark names, of a file that may have been renamed since. */
  private static Path marked(byte[] mark, Path path) throws IOException {
    try {
      Path journal = PathBytes.path(mark);
      if (JournalReader.isName(journal.getFileName())) {
        return journal;
      }
    } catch (IllegalArgumentException e) {
      // It is not a path.
    }
    throw missing(JournalReader.place(path, null), path);
  }

  /** True if unknown: then loading it reports why. */
  private static boolean mayExist(Path journal) {
    try {
      Descriptor.openPath(journal).close();
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return !NativeError.errnoName(e)
          .equals("ENAMETOOLONG"); // Then the path never led to a journal.
    }
  }

  public static RepairJournalException missing(Path journal, Path path) {
    return new RepairJournalException(
        journal,
        "it is missing, and "
            + path
            + " was under repair: ranges of it may be zeros; bring the journal back, or restore"
            + " the whole file and remove the attribute user.pmem2j.repair");
  }
}
