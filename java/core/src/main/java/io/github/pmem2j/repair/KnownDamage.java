package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.linux.Descriptor;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The results of scans of a file, for reading around the damage. Immutable. */
final class KnownDamage {
  private final boolean pmem;
  private final List<IncompleteReason> doubts;
  private final List<BadRange> bad;
  private final RangeSet unreadable;
  private final RangeSet listed;
  private final RangeSet zeroed;
  private final RangeSet lost;

  private KnownDamage(
      BadBlockReport report, List<BadRange> bad, RangeSet listed, RangeSet unreadable) {
    this.pmem = report.verdict() != Verdict.NOT_PMEM;
    this.doubts =
        report.reasons().stream()
            .filter(reason -> reason.code() == IncompleteReason.Code.ATTRIBUTES_UNREADABLE)
            .toList();
    this.bad = bad;
    this.unreadable = unreadable;
    this.listed = listed;
    this.zeroed = ranges(report, kind -> kind == BadRange.Kind.ZEROED);
    this.lost = listed.union(zeroed);
  }

  private static RangeSet ranges(BadBlockReport report, Predicate<BadRange.Kind> which) {
    return RangeSet.copyOf(
        report.badRanges().stream()
            .filter(range -> which.test(range.kind()))
            .map(BadRange::range)
            .toList());
  }

  private static RangeSet listed(BadBlockReport report) {
    return ranges(report, kind -> kind != BadRange.Kind.ZEROED);
  }

  /**
   * Scans a file.
   *
   * @throws IOException also if it is unknown which ranges an interrupted repair has zeroed: they
   *     would count as good
   */
  static KnownDamage scan(Descriptor file, ScannedHost host) throws IOException {
    return of(host.scan(file), file);
  }

  /** From the report of a scan that has just been made; as {@link #scan}. */
  static KnownDamage of(BadBlockReport report, Descriptor file) throws IOException {
    checked(report, file);
    return new KnownDamage(report, report.badRanges(), listed(report), report.unreadable());
  }

  private static BadBlockReport checked(BadBlockReport report, Descriptor file) throws IOException {
    for (IncompleteReason reason : report.reasons()) {
      if (reason.forbidsReading()) {
        throw new IOException(
            file.path()
                + ": cannot determine which ranges are zeros, so it is not read: "
                + reason.message());
      }
    }
    return report;
  }

  /**
   * The results after another scan of a range.
   *
   * @param range whole pages
   * @throws IOException as {@link #scan}
   */
  KnownDamage rescan(Descriptor file, ScannedHost host, ByteRange range) throws IOException {
    BadBlockReport report = checked(host.scan(file, range), file);
    RangeSet again = RangeSet.of(range);
    Stream<BadRange> before =
        bad.stream().flatMap(whole -> parts(whole, RangeSet.of(whole.range()).minus(again)));
    return new KnownDamage(
        report,
        Stream.concat(before, within(again, report.badRanges())).toList(),
        listed.minus(again).union(listed(report)),
        unreadable.minus(again).union(report.unreadable()));
  }

  private static Stream<BadRange> within(RangeSet ranges, List<BadRange> bad) {
    return bad.stream().flatMap(whole -> parts(whole, ranges.intersect(whole.range())));
  }

  private static Stream<BadRange> parts(BadRange whole, RangeSet parts) {
    return parts.stream().map(part -> whole.slice(part, part, whole.kind()));
  }

  /** Whether the same is bad in a range, at the same locations on the devices. */
  boolean sameIn(ByteRange range, KnownDamage other) {
    return badIn(range).equals(other.badIn(range));
  }

  private List<BadRange> badIn(ByteRange range) {
    return within(RangeSet.of(range), bad)
        .sorted(Comparator.comparingLong(BadRange::offset))
        .toList();
  }

  /** Whether it is on persistent memory, as far as known. */
  boolean pmem() {
    return pmem;
  }

  /** Why zeros of an interrupted repair may count as good. */
  List<IncompleteReason> doubts() {
    return doubts;
  }

  /** The ranges on which an ordinary read fails, or whose content must not be trusted. */
  RangeSet unreadable() {
    return unreadable;
  }

  /** All that is lost. */
  RangeSet lost() {
    return lost;
  }

  /** The ranges that a device lists as bad, regardless of a journal. */
  RangeSet listed() {
    return listed;
  }

  /** The zeros that an interrupted repair has left between two offsets. */
  RangeSet zeroed(long from, long to) {
    return zeroed.intersect(ByteRange.between(from, to));
  }
}
