package io.github.pmem2j.internal.journal;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.PathBytes;
import io.github.pmem2j.internal.scan.Finding;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What the scanner must know beyond the device: the ranges that an interrupted repair has cleared
 * and not restored, which the device takes for healthy. For a file without a repair it costs one
 * system call.
 */
public final class PendingRepair {
  private static final int MAX_ATTEMPTS = 4;

  /** What a file system says where attributes cannot be read, or do not add up. */
  private static final Set<String> LOST = Set.of("EIO", "EUCLEAN", "EBADMSG");

  private PendingRepair() {}

  /** The file system has lost the file's attributes, and no journal lies beside it. */
  private static final class UnreadableMarkException extends IOException {
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
   * Adds them to a finding, or the reason why they are not known.
   *
   * @throws NoSuchFileException if the file itself is gone
   */
  public static Finding addTo(Finding finding) throws NoSuchFileException {
    List<IncompleteReason> reasons = finding.reasons();
    List<BadRange> ranges = finding.badRanges();
    try {
      List<ByteRange> zeroed =
          finding.daxDevice() ? ofDevice(finding.path()) : ofFile(finding.path());
      if (zeroed.isEmpty()) {
        return finding;
      }
      ranges = add(zeroed, ranges, finding.size());
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      if (finding.notPmem() && e instanceof AccessDeniedException) {
        return finding; // It says nothing of the file.
      }
      reasons = new ArrayList<>(reasons);
      reasons.add(reason(finding.path(), e));
    }
    return new Finding(
        finding.path(),
        finding.notPmem(),
        reasons,
        ranges,
        finding.below(),
        finding.size(),
        finding.daxDevice());
  }

  private static IncompleteReason reason(Path path, IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return new IncompleteReason(
          IncompleteReason.Code.FILE_UNREADABLE,
          "whether an interrupted repair has left zeros in "
              + path
              + " cannot be told, because "
              + denied.getFile()
              + " may not be read; allow this user to read it");
    }
    IncompleteReason.Code code =
        e instanceof UnreadableMarkException
            ? IncompleteReason.Code.ATTRIBUTES_UNREADABLE
            : IncompleteReason.Code.REPAIR_JOURNAL;
    return new IncompleteReason(code, e.getMessage());
  }

  private static List<ByteRange> ofDevice(Path path) throws IOException {
    try (Descriptor node = Descriptor.openPath(path)) {
      Path journal = DaxIdentity.find(node).map(DaxIdentity::journal).orElse(null);
      if (journal == null || Files.notExists(journal)) {
        return List.of();
      }
      List<JournalFormat.Entry> entries = load(journal, path);
      return entries == null ? List.of() : inDoubt(entries); // It may have ended just now.
    }
  }

  /** What an interrupted repair of a file has left in doubt; empty if there was none. */
  private static List<ByteRange> ofFile(Path path) throws IOException {
    List<JournalFormat.Entry> entries = find(path, path, journal -> load(journal, path));
    return entries == null ? List.of() : inDoubt(entries);
  }

  private static List<JournalFormat.Entry> load(Path journal, Path path) throws IOException {
    try (Descriptor file = Descriptor.open(path, Descriptor.Mode.READ)) {
      return JournalReader.load(journal, FileIdentity.of(file));
    }
  }

  /** Reads a journal. */
  @FunctionalInterface
  public interface Reader<T> {
    /** What it says, or null if it does not exist. */
    T read(Path journal) throws IOException;
  }

  /**
   * Reads the journal of an unfinished repair of a file, whatever the file's name was then.
   *
   * <p>A repair that ends removes the mark, then the journal, and may do both between our look at
   * the one and at the other. So a journal is missing only if it is missing each time.
   *
   * @param access where to ask the file itself
   * @return what {@code reader} makes of it, or null if there is none
   * @throws RepairJournalException if there is one, and it is missing or unusable
   */
  public static <T> T find(Path path, Path access, Reader<T> reader) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Path journal = journal(path, access);
        if (journal == null) {
          return null;
        }
        T content = reader.read(journal);
        if (content == null) {
          throw missing(journal, path);
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
  private static Path journal(Path path, Path access) throws IOException {
    byte[] mark;
    try {
      mark = FileIo.repairMark(access);
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
    Path beside = JournalReader.place(path, null);
    if (mark == null) {
      return mayExist(beside) ? beside : null;
    }
    Path journal;
    try {
      journal = PathBytes.path(mark);
    } catch (IllegalArgumentException e) {
      throw missing(beside, path); // Whoever set it, it leads nowhere.
    }
    if (!JournalReader.isName(journal.getFileName())) {
      throw missing(beside, path);
    }
    // A directory may have been moved with all that is in it.
    Path moved = beside.resolveSibling(journal.getFileName());
    if (Files.exists(journal)) {
      return journal;
    } else if (Files.exists(moved)) {
      return moved;
    }
    throw missing(journal, path);
  }

  /** If that cannot be told, loading says why. */
  private static boolean mayExist(Path journal) {
    try {
      Descriptor.openPath(journal).close();
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return !NativeError.errnoName(e).equals("ENAMETOOLONG"); // Then it never could.
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

  private static List<ByteRange> inDoubt(List<JournalFormat.Entry> entries) {
    return entries.stream()
        .map(JournalFormat.Entry::piece)
        .filter(piece -> piece.inDoubt() && !piece.empty())
        .map(
            piece ->
                new ByteRange(piece.blocks().offset(), piece.dataEnd() - piece.blocks().offset()))
        .toList();
  }

  /**
   * What is in doubt is lost as a whole, whatever the device says of it: blocks that took the place
   * of bad ones may be bad too, and read as zeros around that.
   */
  private static List<BadRange> add(List<ByteRange> zeroed, List<BadRange> bad, long size) {
    List<BadRange> all = new ArrayList<>();
    for (BadRange range : bad) {
      ByteRange blocks = new ByteRange(range.clearOffset(), range.clearLength());
      for (ByteRange part : Ranges.without(blocks, zeroed)) {
        long from = Math.max(range.offset(), part.offset());
        long to = Math.min(range.end(), part.end());
        if (from < to) {
          all.add(part(range, from, to, part, range.kind()));
        }
      }
    }
    for (ByteRange range : zeroed) {
      if (range.offset() < size) {
        ByteRange within =
            new ByteRange(range.offset(), Math.min(range.end(), size) - range.offset());
        all.add(zeroed(within, bad));
      }
    }
    all.sort(Comparator.comparingLong(BadRange::offset));
    return all;
  }

  private static BadRange zeroed(ByteRange range, List<BadRange> bad) {
    for (BadRange below : bad) {
      if (below.clearOffset() < range.end() && range.offset() < below.clearEnd()) {
        return part(below, range.offset(), range.end(), range, BadRange.Kind.ZEROED);
      }
    }
    return new BadRange(
        range.offset(),
        range.length(),
        range.offset(),
        range.length(),
        BadRange.Kind.ZEROED,
        false,
        "",
        0);
  }

  /** The bytes of {@code blocks} from {@code from} to {@code to}, on the device of a bad range. */
  private static BadRange part(
      BadRange bad, long from, long to, ByteRange blocks, BadRange.Kind kind) {
    long distance = (from - bad.offset()) / BadSectors.SECTOR;
    return new BadRange(
        from,
        to - from,
        blocks.offset(),
        blocks.length(),
        kind,
        bad.shared(),
        bad.device(),
        Math.max(0, bad.deviceSector() + distance));
  }
}
