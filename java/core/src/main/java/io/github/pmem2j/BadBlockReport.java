package io.github.pmem2j;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The known bad blocks of a file or device at one moment. Immutable and thread-safe.
 *
 * <p>It has three sets of bytes: {@link #lost()}, which no read can bring back; {@link
 * #unreadable()}, on which an ordinary read or a mapping fails; {@link #blocks()}, which clearing
 * would replace. {@link #intersects}, {@link #firstBadIn} and {@link #goodRanges} refer to {@link
 * #unreadable()}.
 */
public final class BadBlockReport {
  private final Path path;
  private final Verdict verdict;
  private final List<IncompleteReason> reasons;
  private final List<BadRange> badRanges;
  private final List<ErrorSource> sources;
  private final String stack;
  private final long size;
  private final RangeSet unreadable;

  private BadBlockReport(Builder builder, Path path, long size) {
    this.path = Objects.requireNonNull(path, "path");
    this.size = size;
    this.reasons = List.copyOf(builder.reasons);
    List<BadRange> sorted = new ArrayList<>(builder.badRanges);
    sorted.sort((a, b) -> Long.compare(a.offset(), b.offset()));
    this.badRanges = List.copyOf(sorted);
    this.sources = List.copyOf(builder.sources);
    this.stack = path + builder.below;
    if (!badRanges.isEmpty()) {
      verdict = Verdict.BAD;
    } else if (!reasons.isEmpty()) {
      verdict = Verdict.UNKNOWN;
    } else {
      verdict = builder.notPmem ? Verdict.NOT_PMEM : Verdict.CLEAN;
    }
    this.unreadable = unreadable(builder.readUnit);
  }

  private RangeSet unreadable(int unit) {
    if (badRanges.isEmpty()) {
      return RangeSet.empty();
    }
    RangeSet.Builder set = RangeSet.builder();
    ByteRange file = new ByteRange(0, size);
    for (BadRange bad : badRanges) {
      if (bad.kind() == BadRange.Kind.ZEROED) {
        set.add(bad.range());
      } else if (bad.kind() != BadRange.Kind.UNWRITTEN) {
        set.add(bad.blocks().intersect(file));
        if (unit > 0) {
          set.add(bad.range().alignedTo(unit).intersect(file));
        }
      }
    }
    return set.build();
  }

  /**
   * A builder of a report, for tests of code that takes one.
   *
   * @return a builder whose report is {@link Verdict#CLEAN} if nothing is added
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds a report. Not thread-safe. */
  public static final class Builder {
    private final List<IncompleteReason> reasons = new ArrayList<>(0);
    private final List<BadRange> badRanges = new ArrayList<>(0);
    private final Set<ErrorSource> sources = new LinkedHashSet<>(1);
    private String below = "";
    private boolean notPmem;
    private int readUnit;

    private Builder() {}

    /**
     * Adds a bad range.
     *
     * @param range the range
     * @return this
     */
    public Builder bad(BadRange range) {
      badRanges.add(Objects.requireNonNull(range, "range"));
      return this;
    }

    /**
     * Adds a reason why the report is incomplete.
     *
     * @param reason the reason
     * @return this
     */
    public Builder incomplete(IncompleteReason reason) {
      reasons.add(Objects.requireNonNull(reason, "reason"));
      return this;
    }

    /**
     * Adds the source of errors of a device below the file. Does not change the verdict: if the
     * source is unreliable, add a reason, too, with {@link #incomplete}.
     *
     * @param source the source
     * @return this
     */
    public Builder source(ErrorSource source) {
      sources.add(Objects.requireNonNull(source, "source"));
      return this;
    }

    /**
     * Marks the storage as not persistent memory and without a list of bad blocks.
     *
     * @return this
     */
    public Builder notPmem() {
      notPmem = true;
      return this;
    }

    /**
     * Describes the devices below the file.
     *
     * @param text what {@link #stack()} has after the path
     * @return this
     */
    public Builder below(String text) {
      below = Objects.requireNonNull(text, "text");
      return this;
    }

    /**
     * Sets the unit in which a read of the file fails, if that may be larger than the blocks of
     * each bad range.
     *
     * @param bytes 4096, a page, in the reports of scans; 0, the default, for the blocks
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder readUnit(int bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("not a unit of reading: " + bytes);
      }
      readUnit = bytes;
      return this;
    }

    /**
     * {@return the report of a file or device}
     *
     * @param path the file
     * @param size its size in bytes
     */
    public BadBlockReport build(Path path, long size) {
      return new BadBlockReport(this, path, size);
    }
  }

  /** {@return the path as the caller gave it, or below the root that the caller gave} */
  public Path path() {
    return path;
  }

  /** {@return the result in one word} */
  public Verdict verdict() {
    return verdict;
  }

  /**
   * {@return whether {@link #badRanges()} is complete: true if the verdict is {@link
   * Verdict#NOT_PMEM}, because there is no list}
   */
  public boolean complete() {
    return reasons.isEmpty();
  }

  /** {@return at least one reason if the report is incomplete, else none} */
  public List<IncompleteReason> reasons() {
    return reasons;
  }

  /**
   * {@return the bad ranges, each with its content and its location on the device: sorted by offset
   * and disjoint; the blocks that hold them may coincide}
   */
  public List<BadRange> badRanges() {
    return badRanges;
  }

  /** {@return who reports the errors: one source for each device that has a list of bad blocks} */
  public List<ErrorSource> sources() {
    return sources;
  }

  /**
   * {@return the bytes of user data that no read can bring back, by the sector, within the file}
   */
  public RangeSet lost() {
    RangeSet.Builder set = RangeSet.builder();
    ByteRange file = new ByteRange(0, size);
    badRanges.stream()
        .filter(bad -> bad.kind() == BadRange.Kind.DATA || bad.kind() == BadRange.Kind.ZEROED)
        .forEach(bad -> set.add(bad.range().intersect(file)));
    return set.build();
  }

  /**
   * The bytes that an ordinary read, or a mapping, fails on: whole pages, or whole blocks of the
   * file system where these are larger. A page whose bad sector is past the end of the file fails,
   * too. Without DAX, the page cache may refuse the neighbours of such a page as well, which it has
   * read at the same time (XFS). The set also contains the zeros that an interrupted repair has
   * left, although a read returns them without an error.
   *
   * @return a set within the file; it contains {@link #lost()}
   */
  public RangeSet unreadable() {
    return unreadable;
  }

  /**
   * {@return what clearing would replace: the file system's blocks that hold a bad sector, which
   * may reach past the end of the file}
   */
  public RangeSet blocks() {
    RangeSet.Builder set = RangeSet.builder();
    badRanges.forEach(bad -> set.add(bad.blocks()));
    return set.build();
  }

  /**
   * The devices below the file, from the top down, for people: {@code /data/x on /dev/mapper/vg-lv
   * -> pmem0p1 -> pmem0 (region0, namespace0.0, fsdax)}.
   *
   * @return one line
   */
  public String stack() {
    return stack;
  }

  /** {@return the size of the file or device when it was scanned, in bytes} */
  public long size() {
    return size;
  }

  /**
   * {@return whether an access to a range meets a byte that is {@link #unreadable()}}
   *
   * @param offset where the range begins, in bytes
   * @param length its length in bytes
   * @throws IllegalArgumentException if they do not form a {@link ByteRange}
   */
  public boolean intersects(long offset, long length) {
    return unreadable.intersects(new ByteRange(offset, length));
  }

  /**
   * The first part of {@link #unreadable()} that an access to a range meets.
   *
   * @param offset where the range begins, in bytes
   * @param length its length in bytes
   * @return the whole part, which may begin before the range, or empty
   * @throws IllegalArgumentException if they do not form a {@link ByteRange}
   */
  public Optional<ByteRange> firstBadIn(long offset, long length) {
    return unreadable.firstIn(new ByteRange(offset, length));
  }

  /**
   * {@return what {@link #unreadable()} leaves of a range}
   *
   * @param offset where the range begins, in bytes
   * @param length its length in bytes
   * @throws IllegalArgumentException if they do not form a {@link ByteRange}
   */
  public RangeSet goodRanges(long offset, long length) {
    return unreadable.complementIn(new ByteRange(offset, length));
  }

  /** {@return a text for messages: the path, the verdict, the bad ranges and the reasons} */
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
