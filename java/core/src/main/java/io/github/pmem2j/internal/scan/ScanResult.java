package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.journal.PendingRepair;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects the findings of a scan for its report. */
final class ScanResult {
  final DeviceStack stack;
  final List<IncompleteReason> more = new ArrayList<>(0);
  List<BadRange> bad = List.of();
  String below;
  long size;

  /** Starts with the stack's findings; {@code joint} separates the path and the stack's text. */
  ScanResult(DeviceStack stack, String joint, long size) {
    this.stack = stack;
    this.below = joint + stack.text();
    this.size = size;
  }

  void incomplete(IncompleteReason.Code code, String message) {
    more.add(new IncompleteReason(code, message));
  }

  boolean notPmem() {
    return stack.storage() == DeviceStack.Storage.OTHER;
  }

  /**
   * Adds the ranges that an interrupted repair has cleared, or the reason why they are unknown.
   *
   * @throws NoSuchFileException if the file itself is gone
   */
  void addPendingRepair(Descriptor file, FileStatus status) throws NoSuchFileException {
    boolean daxDevice = status.type() == FileStatus.Type.CHARACTER_DEVICE;
    try {
      bad = ZeroedRanges.join(PendingRepair.zeroed(file, daxDevice), bad, size);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (AccessDeniedException e) {
      if (!notPmem()) { // An error elsewhere does not concern the file.
        incomplete(
            IncompleteReason.Code.FILE_UNREADABLE,
            "whether an interrupted repair has left zeros in "
                + file.path()
                + " is unknown: permission denied for "
                + e.getFile()
                + "; allow this user to read it");
      }
    } catch (PendingRepair.UnreadableMarkException e) {
      incomplete(IncompleteReason.Code.ATTRIBUTES_UNREADABLE, e.getMessage());
    } catch (IOException e) {
      incomplete(IncompleteReason.Code.REPAIR_JOURNAL, e.getMessage());
    }
  }

  /** Removes what is bad only outside some ranges: a device and a journal are read as a whole. */
  void limit(RangeSet ranges) {
    bad = bad.stream().filter(range -> ranges.intersects(range.blocks())).toList();
  }

  BadBlockReport report(Path path) {
    return report(path, size);
  }

  /** The report of one of several files with the same findings. */
  BadBlockReport report(Path path, long fileSize) {
    BadBlockReport.Builder builder = BadBlockReport.builder().below(below).readUnit(FileIo.PAGE);
    stack.reasons().forEach(builder::incomplete);
    more.forEach(builder::incomplete);
    bad.forEach(builder::bad);
    stack.lists().forEach(list -> builder.source(list.filledBy()));
    return (notPmem() ? builder.notPmem() : builder).build(path, fileSize);
  }
}
