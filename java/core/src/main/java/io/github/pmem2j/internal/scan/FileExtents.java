package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileSystemType;
import java.io.IOException;
import java.nio.file.Path;

/** Evaluates the extents of a file. */
final class FileExtents {
  private FileExtents() {}

  /**
   * A file on a file system that may compress or move data without a flag in FIEMAP (EROFS), or use
   * devices that FIEMAP does not name: its extents do not locate single bytes.
   */
  static ScanResult unusable(Path path, FileStatus status, FileSystemType type, DeviceStack stack) {
    ScanResult result = new ScanResult(stack, " on ", status.size());
    if (!type.onOneDevice()) {
      result.incomplete(
          IncompleteReason.Code.FILE_SYSTEM,
          path + " is on " + type + ", which may use other devices, too: scan those");
    }
    if (!stack.bad().isEmpty()) {
      result.incomplete(
          IncompleteReason.Code.EXTENTS_UNUSABLE,
          stack.text()
              + " has bad blocks, and which bytes of "
              + path
              + " they hold is not known on "
              + type
              + ": read the file with verify");
    }
    return result;
  }

  /** What is bad in a file's extents. {@code stack} is that of its device, just resolved. */
  static ScanResult scan(
      Descriptor file, FileStatus first, RangeSet ranges, DeviceStack stack, Stacks stacks)
      throws IOException {
    return scan(file, file::extents, first, ranges, stack, stacks);
  }

  /** The same with another source of the file's extents. */
  static ScanResult scan(
      Descriptor file,
      ExtentSource source,
      FileStatus first,
      RangeSet pages,
      DeviceStack stack,
      Stacks stacks)
      throws IOException {
    // XFS can have blocks that are larger than pages; a read fails on whole blocks.
    long block = Math.max(file.blockSize(), 1);
    RangeSet ranges = block > FileIo.PAGE ? pages.alignedTo(block) : pages;
    ExtentScan scan =
        ExtentScan.of(
            source,
            stack,
            () -> stacks.of(first.device()),
            () -> file.status().changed(),
            first.size(),
            first.transformed() && !ranges.isEmpty() ? FileScan.WHOLE : ranges);
    // If the file grew meanwhile, the extents past the first size are unknown.
    long size = Math.min(first.size(), file.status().size());
    ScanResult result = new ScanResult(scan.stack(), " on ", size);
    ExtentPass pass = scan.pass();
    if (scan.failure() != null) {
      result.incomplete(
          IncompleteReason.Code.EXTENTS_UNREADABLE,
          "the file system does not report "
              + (pass == null || pass.unmapped() == null
                  ? "all extents of " + file.path()
                  : "the extents of " + file.path() + " in bytes " + pass.unmapped())
              + ": "
              + scan.failure()
              + "; read it with verify");
    } else if (!scan.stable()) {
      result.incomplete(
          IncompleteReason.Code.CHANGING,
          file.path()
              + " kept moving while it was scanned: scan again when there are fewer writes");
    }
    if (pass != null && pass.unusable()) {
      result.incomplete(
          IncompleteReason.Code.EXTENTS_UNUSABLE,
          "a part of "
              + file.path()
              + " has no place of its own on the device: it is not written out yet,"
              + " compressed, or kept within the inode");
    }
    if (pass != null) {
      result.bad = BadRangeBuilder.ofFile(pass, size, block);
    }
    if (first.transformed()) {
      addTree(result, file.path(), ranges);
    }
    return result;
  }

  /**
   * With fs-verity the blocks past the end of the file hold the hashes that every read needs, so
   * every scan of a part includes them.
   */
  private static void addTree(ScanResult result, Path path, RangeSet ranges) {
    if (result.bad.stream().anyMatch(bad -> bad.kind() == BadRange.Kind.PAST_END)) {
      result.incomplete(
          IncompleteReason.Code.EXTENTS_UNUSABLE,
          path
              + " has bad blocks past its end, where fs-verity keeps what it needs to read the data"
              + " before them: read the file with verify");
    }
    result.bad = result.bad.stream().filter(bad -> ranges.intersects(bad.range())).toList();
  }
}
