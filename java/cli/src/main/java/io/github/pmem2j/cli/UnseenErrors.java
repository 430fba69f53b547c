package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.ReasonJson;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Why there may be more bad blocks than libpmem2, which reads only the kernel's list, reports. */
final class UnseenErrors {
  private UnseenErrors() {}

  /** The reasons, by a scan of the same file in which libpmem2 reports these blocks. */
  static List<ReasonJson> of(BadBlockReport report, RangeSet listed) {
    List<ReasonJson> reasons = new ArrayList<>(Reasons.of(report.reasons(), report.path()));
    if (report.badRanges().stream()
        .filter(bad -> bad.kind() != BadRange.Kind.ZEROED)
        .anyMatch(bad -> !listed.contains(bad.range()))) {
      reasons.add(
          new ReasonJson(
              "NOT_LISTED",
              "there are known errors that libpmem2 does not report: run the command scan"));
    }
    return reasons;
  }

  /** A line for each. */
  static void print(PrintWriter out, List<ReasonJson> reasons) {
    reasons.forEach(
        reason -> out.println("  there may be more: " + Text.message(reason.message())));
  }
}
