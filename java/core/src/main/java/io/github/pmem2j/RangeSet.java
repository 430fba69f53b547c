package io.github.pmem2j;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A set of bytes of a file or device, as sorted, disjoint, non-empty ranges. Immutable and
 * thread-safe.
 *
 * <p>Ranges that touch are joined, unless the set was built with {@link Builder#keepTouching()}.
 */
public final class RangeSet implements Iterable<ByteRange>, Serializable {
  private static final long serialVersionUID = 1L;
  private static final RangeSet EMPTY = new RangeSet(new long[0]);

  /** Alternating offsets and ends, ascending. */
  private final long[] edges;

  private RangeSet(long[] edges) {
    this.edges = edges;
  }

  private static RangeSet of(long[] edges) {
    return edges.length == 0 ? EMPTY : new RangeSet(edges);
  }

  /** {@return the empty set} */
  public static RangeSet empty() {
    return EMPTY;
  }

  /**
   * {@return the union of some ranges}
   *
   * @param ranges ranges in any order, which may overlap
   */
  public static RangeSet of(ByteRange... ranges) {
    Objects.requireNonNull(ranges, "ranges");
    return copyOf(Arrays.asList(ranges));
  }

  /**
   * {@return the union of some ranges}
   *
   * @param ranges ranges in any order, which may overlap
   */
  public static RangeSet copyOf(Collection<ByteRange> ranges) {
    Builder builder = new Builder();
    ranges.forEach(builder::add);
    return builder.build();
  }

  /** {@return an empty builder} */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects ranges, in any order. Not thread-safe. */
  public static final class Builder {
    private final RangeEdges.Collector ranges = new RangeEdges.Collector();
    private boolean keepTouching;

    private Builder() {}

    /**
     * Does not join ranges that touch without overlapping, like libpmem2's list of bad blocks.
     *
     * @return this
     */
    public Builder keepTouching() {
      keepTouching = true;
      return this;
    }

    /**
     * Adds a range.
     *
     * @param range the range; an empty one adds nothing
     * @return this
     */
    public Builder add(ByteRange range) {
      ranges.add(range.offset(), range.end());
      return this;
    }

    /**
     * Adds a range.
     *
     * @param offset the first byte
     * @param count the number of bytes; 0 adds nothing
     * @return this
     * @throws IllegalArgumentException if they do not form a {@link ByteRange}
     */
    public Builder add(long offset, long count) {
      return add(new ByteRange(offset, count));
    }

    /**
     * Adds all ranges of a set.
     *
     * @param set the set
     * @return this
     */
    public Builder addAll(RangeSet set) {
      ranges.addAll(set.edges);
      return this;
    }

    /** {@return the union of all added ranges} */
    public RangeSet build() {
      return of(ranges.joined(keepTouching));
    }
  }

  /** {@return the number of ranges} */
  public int count() {
    return edges.length / 2;
  }

  /** {@return whether the set is empty} */
  public boolean isEmpty() {
    return edges.length == 0;
  }

  /** {@return the number of bytes in the set} */
  public long total() {
    long total = 0;
    for (int i = 0; i < edges.length; i += 2) {
      total += edges[i + 1] - edges[i];
    }
    return total;
  }

  /**
   * {@return the first byte of a range, without creating an object}
   *
   * @param index from 0 up to {@link #count()}
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public long offset(int index) {
    return edges[2 * index];
  }

  /**
   * {@return the byte after the last of a range, without creating an object}
   *
   * @param index from 0 up to {@link #count()}
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public long end(int index) {
    return edges[2 * index + 1];
  }

  /**
   * {@return a range of the set}
   *
   * @param index from 0 up to {@link #count()}
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public ByteRange get(int index) {
    return ByteRange.between(offset(index), end(index));
  }

  /** {@return an immutable list of the ranges, ascending} */
  public List<ByteRange> ranges() {
    return new AbstractList<>() {
      @Override
      public ByteRange get(int index) {
        return RangeSet.this.get(index);
      }

      @Override
      public int size() {
        return count();
      }
    };
  }

  /** {@return a stream of the ranges, ascending} */
  public Stream<ByteRange> stream() {
    return ranges().stream();
  }

  /** {@return an iterator over the ranges, ascending} */
  @Override
  public Iterator<ByteRange> iterator() {
    return ranges().iterator();
  }

  /**
   * The first range that ends after an offset, found by binary search.
   *
   * @param offset an offset in bytes
   * @return the index of that range, or {@link #count()} if there is none
   */
  public int firstEndingAfter(long offset) {
    return RangeEdges.firstEndingAfter(edges, offset);
  }

  /**
   * The first range of the set that has a byte in common with a range.
   *
   * @param range the range to look in
   * @return the whole range of the set, or empty if there is none
   */
  public Optional<ByteRange> firstIn(ByteRange range) {
    int index = firstEndingAfter(range.offset());
    boolean found = !range.isEmpty() && index < count() && offset(index) < range.end();
    return found ? Optional.of(get(index)) : Optional.empty();
  }

  /** {@return whether the set has a byte in common with {@code range}} */
  public boolean intersects(ByteRange range) {
    int index = firstEndingAfter(range.offset());
    return !range.isEmpty() && index < count() && offset(index) < range.end();
  }

  /** {@return whether all bytes of {@code range} are in the set; true if it is empty} */
  public boolean contains(ByteRange range) {
    long at = range.offset();
    for (int i = firstEndingAfter(at); at < range.end(); i++) {
      if (i == count() || offset(i) > at) {
        return false;
      }
      at = end(i);
    }
    return true;
  }

  /** {@return the bytes that are in this set or {@code other}} */
  public RangeSet union(RangeSet other) {
    return isEmpty() ? other : new Builder().addAll(this).addAll(other).build();
  }

  /** {@return the bytes that are in this set and not in {@code other}} */
  public RangeSet minus(RangeSet other) {
    return of(RangeEdges.minus(edges, other.edges));
  }

  /** {@return the bytes that are in both this set and {@code other}} */
  public RangeSet intersect(RangeSet other) {
    return of(RangeEdges.intersect(edges, other.edges));
  }

  /** {@return the bytes of the set that are in {@code range}} */
  public RangeSet intersect(ByteRange range) {
    return intersect(of(range));
  }

  /** {@return the bytes of {@code range} that are not in the set} */
  public RangeSet complementIn(ByteRange range) {
    return of(range).minus(this);
  }

  /**
   * {@return the union of {@link ByteRange#alignedTo} of each range}
   *
   * @param unit the unit in bytes, such as a block or page size
   * @throws IllegalArgumentException if {@code unit} is not positive
   */
  public RangeSet alignedTo(long unit) {
    Builder aligned = new Builder();
    forEach(range -> aligned.add(range.alignedTo(unit)));
    return aligned.build();
  }

  /** {@return whether {@code other} is a set of the same ranges} */
  @Override
  public boolean equals(Object other) {
    return other instanceof RangeSet set && Arrays.equals(edges, set.edges);
  }

  /** {@return a value consistent with {@link #equals}} */
  @Override
  public int hashCode() {
    return Arrays.hashCode(edges);
  }

  /** {@return a text for messages: {@code [OFFSET+LENGTH, …]}} */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < count(); i++) {
      text.append(i == 0 ? "" : ", ").append(offset(i)).append('+').append(end(i) - offset(i));
    }
    return text.append(']').toString();
  }
}
