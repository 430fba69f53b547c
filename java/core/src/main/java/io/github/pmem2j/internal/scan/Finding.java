package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import java.nio.file.Path;
import java.util.List;

/**
 * What a scan found.
 *
 * @param path what was scanned
 * @param notPmem whether the storage is no persistent memory
 * @param reasons why there may be more bad ranges
 * @param badRanges sorted and disjoint
 * @param below the devices below, for a person, to be put behind the path
 * @param size of the file or device, in bytes
 * @param daxDevice whether it is one
 */
public record Finding(
    Path path,
    boolean notPmem,
    List<IncompleteReason> reasons,
    List<BadRange> badRanges,
    String below,
    long size,
    boolean daxDevice) {
  /** Of a file or a block device. */
  Finding(
      Path path,
      boolean notPmem,
      List<IncompleteReason> reasons,
      List<BadRange> badRanges,
      String below,
      long size) {
    this(path, notPmem, reasons, badRanges, below, size, false);
  }

  static Finding unknown(
      Path path, IncompleteReason.Code code, String message, String below, long size) {
    return new Finding(
        path, false, List.of(new IncompleteReason(code, message)), List.of(), below, size);
  }
}
