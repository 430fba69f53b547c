package io.github.pmem2j.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import java.nio.file.Path;
import java.util.List;

/** What a scan would say of a device with errors of the test's own. */
public final class MadeUpReport {
  private MadeUpReport() {}

  /** A report of lost data in these ranges of a device. */
  public static BadBlockReport of(Path device, List<ByteRange> lost) {
    List<BadRange> bad = lost.stream().map(MadeUpReport::bad).toList();
    return new BadBlockReport(device, false, List.of(), bad, " is made up", Long.MAX_VALUE);
  }

  private static BadRange bad(ByteRange range) {
    long offset = range.offset();
    long length = range.length();
    return new BadRange(
        offset, length, offset, length, BadRange.Kind.DATA, false, "dax", offset / 512);
  }
}
