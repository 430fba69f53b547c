package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.Verdict;

/**
 * A report in the format of GNU ddrescue's mapfile, for {@code ddrescueview} and {@code
 * ddrescuelog}. It lists what is bad, not what was copied: do not pass it to {@code ddrescue},
 * which would take good ranges for copied ones.
 */
public final class ScanMap {
  /** The beginning of the text, which differs from that of a salvage's mapfile. */
  public static final String BEGIN = "# Mapfile. Created by pmem2j scan";

  private ScanMap() {}

  /**
   * The map of a report.
   *
   * @param report the report
   * @return the text, in ASCII: {@code -} for {@link BadBlockReport#lost()}; for the rest {@code
   *     +}, or {@code ?} if the report is incomplete or {@link Verdict#NOT_PMEM}
   */
  public static String of(BadBlockReport report) {
    SalvageMap map = new SalvageMap(report.size());
    if (report.complete() && report.verdict() != Verdict.NOT_PMEM) {
      map.mark(0, report.size(), SalvageMap.FINISHED);
    }
    report.lost().forEach(range -> map.mark(range.offset(), range.length(), SalvageMap.LOST));
    return map.text(0, BEGIN + ": what is bad, not what was copied");
  }
}
