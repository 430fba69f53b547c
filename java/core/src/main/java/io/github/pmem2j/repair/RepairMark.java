package io.github.pmem2j.repair;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.internal.journal.JournalLocation;
import io.github.pmem2j.internal.journal.JournalReader;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.util.Arrays;

/** The attribute that leads from a file to its journal. */
final class RepairMark {
  private RepairMark() {}

  /**
   * Sets it, for the scanner, before the first byte is cleared.
   *
   * @param continuing whether the journal has what an earlier run left; else it is removed if the
   *     mark cannot be set
   */
  static void set(Descriptor file, JournalLocation place, boolean continuing, RepairStep.Hook hook)
      throws IOException {
    try {
      set(file, place);
    } catch (IOException e) {
      if (!continuing) {
        undo(file, place, hook, e);
      }
      throw SpaceTrial.advised(e);
    }
    hook.after(RepairStep.MARKED);
  }

  /**
   * The attribute may be set although it could not be synced: it must not outlive the journal. If
   * it is not set, it is not removed, because even that may take space.
   */
  private static void undo(
      Descriptor file, JournalLocation place, RepairStep.Hook hook, IOException failure) {
    try {
      if (Arrays.equals(PathBytes.of(place.path()), FileIo.repairMark(file))) {
        FileIo.removeRepairMark(file);
      }
      JournalWriter.remove(place, hook);
    } catch (IOException e) {
      failure.addSuppressed(e); // The journal stays, and lists nothing as lost.
    }
  }

  private static void set(Descriptor file, JournalLocation place) throws IOException {
    byte[] mark = PathBytes.of(place.path());
    if (Arrays.equals(mark, FileIo.repairMark(file)) || FileIo.setRepairMark(file, mark)) {
      FileIo.sync(file);
    } else if (!place.path().equals(JournalReader.place(file.path(), null))) {
      throw new IOException(
          file.path()
              + ": its file system keeps no extended attributes, so nothing would lead to a journal"
              + " in another directory: keep it beside the file");
    }
  }

  /** Removes it. Even that may take space. */
  static void remove(Descriptor file, RepairStep.Hook hook) throws IOException {
    try {
      FileIo.removeRepairMark(file);
      FileIo.sync(file);
    } catch (IOException e) {
      throw SpaceTrial.advised(e);
    }
    hook.after(RepairStep.UNMARKED);
  }
}
