package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import java.io.IOException;
import java.util.List;

/** What a scan of a file found, for reading around it. Immutable. */
final class KnownDamage {
  private final BadBlockReport report;
  private final RangeSet lost;
  private final RangeSet listed;
  private final RangeSet zeroed;

  private KnownDamage(BadBlockReport report) {
    RangeSet.Builder ofDevices = RangeSet.builder();
    RangeSet.Builder ofJournal = RangeSet.builder();
    for (BadRange bad : report.badRanges()) {
      (bad.kind() == BadRange.Kind.ZEROED ? ofJournal : ofDevices).add(bad.range());
    }
    this.report = report;
    this.listed = ofDevices.build();
    this.zeroed = ofJournal.build();
    this.lost = listed.union(zeroed);
  }

  /**
   * Scans a file.
   *
   * @throws IOException also if it is unknown which ranges an interrupted repair has zeroed: they
   *     would be read as good
   */
  static KnownDamage scan(Descriptor file, ScannedHost host) throws IOException {
    BadBlockReport report = host.scan(file);
    for (IncompleteReason reason : report.reasons()) {
      if (reason.forbidsReading()) {
        throw new IOException(
            file.path()
                + ": cannot determine which ranges are zeros, so it is not read: "
                + reason.message());
      }
    }
    return new KnownDamage(report);
  }

  BadBlockReport report() {
    return report;
  }

  boolean sameRanges(KnownDamage other) {
    return report.badRanges().equals(other.report.badRanges());
  }

  /** Why zeros of an interrupted repair may count as good. */
  List<IncompleteReason> doubts() {
    return report.reasons().stream()
        .filter(reason -> reason.code() == IncompleteReason.Code.ATTRIBUTES_UNREADABLE)
        .toList();
  }

  /** All that is lost. */
  RangeSet lost() {
    return lost;
  }

  /** What a device lists as bad, whatever a journal says. */
  RangeSet listed() {
    return listed;
  }

  /** What an interrupted repair has left as zeros from one offset to another. */
  RangeSet zeroed(long from, long to) {
    return zeroed.intersect(ByteRange.between(from, to));
  }
}
