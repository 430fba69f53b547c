package io.github.pmem2j.repair;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.RepairJournalException;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.journal.FileIdentity;
import io.github.pmem2j.internal.journal.JournalFormat;
import io.github.pmem2j.internal.journal.JournalLocation;
import io.github.pmem2j.internal.journal.JournalReader;
import io.github.pmem2j.internal.journal.PendingRepair;
import io.github.pmem2j.internal.journal.RepairUnit;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.TemporaryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the journal. It is renamed into place only once it is on the medium and has been read
 * back, so a file of that name is complete except for a torn last line. Only the holder of the
 * file's lock writes one.
 */
final class JournalWriter implements AutoCloseable {
  /** Space reserved for the lines to come, so that they cannot fail with ENOSPC. */
  private static final int LINE = 160;

  private static final int MAX_ATTEMPTS = 16;

  private final Descriptor file;
  private final JournalFormat text;
  private final RepairStep.Hook hook;
  private long end;

  private JournalWriter(Descriptor file, JournalFormat text, RepairStep.Hook hook) {
    this.file = file;
    this.text = text;
    this.hook = hook;
    this.end = text.bytes().length;
  }

  /**
   * Creates the journal, or replaces the one that exists, by one of these units once that is on the
   * medium. A temporary file that got bad blocks keeps them until another is written to other
   * blocks.
   */
  static JournalWriter create(
      JournalLocation place,
      boolean exists,
      Descriptor of,
      FileIdentity identity,
      List<RepairUnit> units,
      ScannedHost host,
      RepairStep.Hook hook)
      throws IOException {
    String name = of.path().toRealPath().toUri().getRawPath();
    JournalFormat text = JournalFormat.of(identity, name, units);
    long more = (units.size() + 1L) * 3 * LINE;
    if (text.bytes().length + more > JournalReader.MAX_BYTES) {
      throw new RepairJournalException(
          place.path(),
          "it would have more than %d bytes, so nothing was cleared: restore the whole file"
              .formatted(JournalReader.MAX_BYTES));
    }
    place.removeUnnamed(identity);
    List<TemporaryFile> unused = new ArrayList<>();
    try {
      while (true) {
        TemporaryFile temporary = place.newTemporary();
        unused.add(temporary);
        JournalWriter journal = new JournalWriter(temporary.file(), text, hook);
        try {
          journal.write(temporary.access(), of, more, host);
        } catch (IOException e) {
          if (!FileIo.isMediaError(e) || unused.size() == MAX_ATTEMPTS) {
            throw e;
          }
          temporary.delete();
          continue;
        }
        temporary.rename(exists);
        hook.after(RepairStep.JOURNAL_NAMED);
        place.sync();
        hook.after(RepairStep.JOURNAL_SYNCED);
        unused.remove(temporary);
        return journal;
      }
    } catch (FileAlreadyExistsException e) {
      throw new RepairJournalException(
          place.path(),
          "another program has just created it, so nothing was cleared: repair again, or keep the"
              + " journal in another directory",
          e);
    } catch (IOException e) {
      throw JournalReader.failed(place.path(), "written", e);
    } finally {
      unused.forEach(TemporaryFile::close);
    }
  }

  /** Writes all of it; fails with a media error if its blocks are bad. */
  private void write(Path access, Descriptor of, long more, ScannedHost host) throws IOException {
    FileIo.takeRights(file, of);
    byte[] bytes = text.bytes();
    // Otherwise ext4 frees the blocks when the write fails, and the next file gets them.
    FileIo.truncate(file, bytes.length);
    reserve(bytes.length, more);
    FileIo.write(file, ByteBuffer.wrap(bytes), 0);
    FileIo.sync(file);
    hook.after(RepairStep.JOURNAL_WRITTEN);
    if (!Arrays.equals(bytes, ReadBack.read(file, 0, bytes.length))) {
      throw new IOException(file.path() + " does not read back as written");
    }
    try (Descriptor named = Descriptor.openPath(access)) {
      RangeSet bad = host.scan(named).blocks();
      if (!bad.isEmpty()) {
        throw new UnreadableException(file.path(), bad);
      }
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

  /** Lists the units as lost from now on. */
  void clearing(List<Integer> units) throws RepairJournalException {
    for (String line : JournalFormat.lines("clearing", units)) {
      append(line);
      hook.after(RepairStep.CLEARING_WRITTEN);
      sync();
      hook.after(RepairStep.CLEARING_SYNCED);
    }
  }

  /** Lists the units as restored. */
  void restored(List<Integer> units) throws RepairJournalException {
    for (String line : JournalFormat.lines("restored", units)) {
      append(line);
      sync();
      hook.after(RepairStep.RESTORED_SYNCED);
    }
  }

  /** Lists the units as unchanged: nothing in them was destroyed. */
  void kept(List<Integer> units) throws RepairJournalException {
    for (String line : JournalFormat.lines("kept", units)) {
      append(line);
      sync();
      hook.after(RepairStep.KEPT_SYNCED);
    }
  }

  /** Adds a note for the engineer who reads the journal. */
  void note(int index, String text) throws RepairJournalException {
    append("note " + index + " " + (text.length() > LINE / 2 ? text.substring(0, LINE / 2) : text));
    sync();
  }

  private void append(String line) throws RepairJournalException {
    byte[] bytes = text.add(line);
    try {
      FileIo.write(file, ByteBuffer.wrap(bytes), end);
    } catch (IOException e) {
      throw JournalReader.failed(file.path(), "written", e);
    }
    end += bytes.length;
  }

  private void sync() throws RepairJournalException {
    try {
      FileIo.sync(file);
    } catch (IOException e) {
      throw JournalReader.failed(file.path(), "written", e);
    }
  }

  /** Checks that a scan of the file finds exactly this journal. */
  void checkFound(Descriptor of) throws IOException {
    PendingRepair.find(of, journal -> isAt(journal) ? journal : null);
  }

  private boolean isAt(Path path) throws IOException {
    try (Descriptor found = Descriptor.openPath(path)) {
      return found.status().sameFile(file.status());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Removes the journal once everything has been restored. */
  static void remove(JournalLocation place, RepairStep.Hook hook) throws RepairJournalException {
    try {
      place.delete();
      hook.after(RepairStep.JOURNAL_REMOVED);
      place.sync();
    } catch (IOException e) {
      throw JournalReader.failed(place.path(), "removed", e);
    }
    hook.after(RepairStep.FORGOTTEN);
  }

  @Override
  public void close() {
    file.close();
  }
}
