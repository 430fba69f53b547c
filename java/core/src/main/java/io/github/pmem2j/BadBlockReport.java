package io.github.pmem2j;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of the bad blocks of one file or device, as of one moment. Immutable.
 *
 * <p>The questions about ranges ({@link #intersects}, {@link #firstBadIn}, {@link #goodRanges})
 * take the file system's blocks that hold lost bytes for bad as a whole. The kernel refuses a page
 * even where a single sector of it is lost: where blocks are smaller than a page, a mapping may
 * fail on good ones beside a bad one.
 */
public final class BadBlockReport {
  private final Path path;
  private final Verdict verdict;
  private final List<IncompleteReason> reasons;
  private final List<BadRange> badRanges;
  private final String below;
  private final long size;

  /**
   * Makes a report.
   *
   * @param path what was scanned
   * @param notPmem whether the storage keeps no list, which is no reason to doubt
   * @param reasons why there may be more
   * @param below what {@link #stack()} says behind the path
   * @param badRanges sorted by offset, disjoint, all widened to the same block size
   * @param size of the file or device, in bytes
   */
  public BadBlockReport(
      Path path,
      boolean notPmem,
      List<IncompleteReason> reasons,
      List<BadRange> badRanges,
      String below,
      long size) {
    this.path = Objects.requireNonNull(path);
    this.reasons = List.copyOf(reasons);
    this.badRanges = List.copyOf(badRanges);
    this.below = Objects.requireNonNull(below);
    this.size = size;
    if (!badRanges.isEmpty()) {
      verdict = Verdict.BAD;
    } else if (!reasons.isEmpty()) {
      verdict = Verdict.UNKNOWN;
    } else {
      verdict = notPmem ? Verdict.NOT_PMEM : Verdict.CLEAN;
    }
  }

  /**
   * What was scanned.
   *
   * @return the path as the caller gave it, or below the root that the caller gave
   */
  public Path path() {
    return path;
  }

  /**
   * The answer in one word.
   *
   * @return the verdict
   */
  public Verdict verdict() {
    return verdict;
  }

  /**
   * Whether what is listed is all. Where there is no list to be read ({@link Verdict#NOT_PMEM}),
   * nothing is missing.
   *
   * @return false if there may be more bad blocks than {@link #badRanges()}
   */
  public boolean complete() {
    return reasons.isEmpty();
  }

  /**
   * Why the report is not complete.
   *
   * @return at least one reason if it is not, else none
   */
  public List<IncompleteReason> reasons() {
    return reasons;
  }

  /**
   * What is lost.
   *
   * @return sorted by offset and disjoint, and as few as can be; the blocks that hold them may
   *     coincide
   */
  public List<BadRange> badRanges() {
    return badRanges;
  }

  /**
   * The devices below the file, from the top down, for a person: {@code /data/x on
   * /dev/mapper/vg-lv -> pmem0p1 -> pmem0 (region0, namespace0.0, fsdax)}.
   *
   * @return one line
   */
  public String stack() {
    return path + below;
  }

  /**
   * The size of the file or device when it was scanned.
   *
   * @return bytes
   */
  public long size() {
    return size;
  }

  /**
   * Whether an access to a range may meet a bad block that is listed.
   *
   * @param offset where the range begins, in bytes
   * @param length its length in bytes
   * @return true if it touches a block that holds lost bytes
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative, or the end is
   *     past {@link Long#MAX_VALUE}
   */
  public boolean intersects(long offset, long length) {
    return firstBadIn(offset, length).isPresent();
  }

  /**
   * The first bad range that an access to a range may meet.
   *
   * @param offset where the range begins, in bytes
   * @param length its length in bytes
   * @return the first whose blocks the range touches, or empty
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative, or the end is
   *     past {@link Long#MAX_VALUE}
   */
  public Optional<BadRange> firstBadIn(long offset, long length) {
    ByteRange range = new ByteRange(offset, length);
    int index = firstEndingAfter(offset);
    if (length == 0
        || index == badRanges.size()
        || badRanges.get(index).clearOffset() >= range.end()) {
      return Optional.empty();
    }
    return Optional.of(badRanges.get(index));
  }

  /**
   * What is left of a range between the blocks that hold lost bytes.
   *
   * @param offset where the range begins, in bytes
   * @param length its length in bytes
   * @return sorted, disjoint, none of them empty; the range itself if nothing in it is bad
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative, or the end is
   *     past {@link Long#MAX_VALUE}
   */
  public List<ByteRange> goodRanges(long offset, long length) {
    long end = new ByteRange(offset, length).end();
    List<ByteRange> good = new ArrayList<>();
    long from = offset;
    for (int i = firstEndingAfter(offset); i < badRanges.size(); i++) {
      BadRange bad = badRanges.get(i);
      if (bad.clearOffset() >= end) {
        break;
      }
      if (bad.clearOffset() > from) {
        good.add(new ByteRange(from, bad.clearOffset() - from));
      }
      from = Math.max(from, bad.clearEnd());
    }
    if (from < end) {
      good.add(new ByteRange(from, end - from));
    }
    return good;
  }

  /** Index of the first bad range whose blocks end after {@code offset}. */
  private int firstEndingAfter(long offset) {
    int low = 0;
    int high = badRanges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (badRanges.get(middle).clearEnd() > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /**
   * For messages.
   *
   * @return the path, the verdict and what there is to say about it
   */
  @Override
  public String toString() {
    return path
        + ": "
        + verdict
        + (complete() ? "" : " (incomplete)")
        + (badRanges.isEmpty() ? "" : " " + badRanges)
        + (reasons.isEmpty() ? "" : " " + reasons);
  }
}
