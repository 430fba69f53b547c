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
    BadBlockReport.Builder report = BadBlockReport.builder().below(" is made up");
    lost.forEach(range -> report.bad(bad(range)));
    return report.build(device, Long.MAX_VALUE);
  }

  private static BadRange bad(ByteRange range) {
    return BadRange.of(range, range, BadRange.Kind.DATA).withOrigin("dax", range.offset() / 512);
  }
}
