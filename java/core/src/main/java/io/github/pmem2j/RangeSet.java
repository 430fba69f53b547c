package io.github.pmem2j;

import java.io.Serializable;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
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

  /**
   * The empty set.
   *
   * @return an empty set
   */
  public static RangeSet empty() {
    return EMPTY;
  }

  /**
   * The bytes of some ranges.
   *
   * @param ranges ranges in any order, which may overlap
   * @return their union
   */
  public static RangeSet of(ByteRange... ranges) {
    return copyOf(Arrays.asList(ranges));
  }

  /**
   * The bytes of some ranges.
   *
   * @param ranges ranges in any order, which may overlap
   * @return their union
   */
  public static RangeSet copyOf(Collection<ByteRange> ranges) {
    Builder builder = new Builder();
    ranges.forEach(builder::add);
    return builder.build();
  }

  /**
   * A builder of a set.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects ranges, in any order. Not thread-safe. */
  public static final class Builder {
    private long[] edges = new long[8];
    private int length;
    private boolean sorted = true;
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
      return addBetween(range.offset(), range.end());
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
      for (int i = 0; i < set.edges.length; i += 2) {
        addBetween(set.edges[i], set.edges[i + 1]);
      }
      return this;
    }

    private Builder addBetween(long offset, long end) {
      if (offset < end) {
        if (length == edges.length) {
          edges = Arrays.copyOf(edges, 2 * length);
        }
        sorted &= length == 0 || edges[length - 2] <= offset;
        edges[length] = offset;
        edges[length + 1] = end;
        length += 2;
      }
      return this;
    }

    /**
     * Makes the set.
     *
     * @return the union of all added ranges
     */
    public RangeSet build() {
      long[] from = sorted ? edges : sortedEdges();
      long[] joined = new long[length];
      int at = 0;
      for (int i = 0; i < length; i += 2) {
        boolean overlaps = at > 0 && from[i] < joined[at - 1];
        boolean touches = at > 0 && from[i] == joined[at - 1];
        if (overlaps || (touches && !keepTouching)) {
          joined[at - 1] = Math.max(joined[at - 1], from[i + 1]);
        } else {
          joined[at++] = from[i];
          joined[at++] = from[i + 1];
        }
      }
      return at == 0 ? EMPTY : new RangeSet(Arrays.copyOf(joined, at));
    }

    private long[] sortedEdges() {
      Integer[] order = new Integer[length / 2];
      Arrays.setAll(order, i -> 2 * i);
      Arrays.sort(order, (a, b) -> Long.compare(edges[a], edges[b]));
      long[] result = new long[length];
      for (int i = 0; i < order.length; i++) {
        result[2 * i] = edges[order[i]];
        result[2 * i + 1] = edges[order[i] + 1];
      }
      return result;
    }
  }

  /**
   * The number of ranges.
   *
   * @return 0 or more
   */
  public int count() {
    return edges.length / 2;
  }

  /**
   * Whether the set is empty.
   *
   * @return true if {@link #count()} is 0
   */
  public boolean isEmpty() {
    return edges.length == 0;
  }

  /**
   * The number of bytes in the set.
   *
   * @return the sum of the lengths
   */
  public long total() {
    long total = 0;
    for (int i = 0; i < edges.length; i += 2) {
      total += edges[i + 1] - edges[i];
    }
    return total;
  }

  /**
   * The offset of a range, without creating an object.
   *
   * @param index from 0 up to {@link #count()}
   * @return its first byte
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public long offset(int index) {
    return edges[2 * index];
  }

  /**
   * The end of a range, without creating an object.
   *
   * @param index from 0 up to {@link #count()}
   * @return the byte after its last
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public long end(int index) {
    return edges[2 * index + 1];
  }

  /**
   * A range of the set.
   *
   * @param index from 0 up to {@link #count()}
   * @return the range
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public ByteRange get(int index) {
    return ByteRange.between(offset(index), end(index));
  }

  /**
   * The ranges of the set.
   *
   * @return an immutable list, ascending
   */
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

  /**
   * The ranges of the set.
   *
   * @return a stream of them, ascending
   */
  public Stream<ByteRange> stream() {
    return ranges().stream();
  }

  /**
   * The ranges of the set.
   *
   * @return an iterator over them, ascending
   */
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
    int low = 0;
    int high = count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (edges[2 * middle + 1] > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
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

  /**
   * Whether the set has a byte in common with a range.
   *
   * @param range the range
   * @return true if they overlap
   */
  public boolean intersects(ByteRange range) {
    int index = firstEndingAfter(range.offset());
    return !range.isEmpty() && index < count() && offset(index) < range.end();
  }

  /**
   * Whether all bytes of a range are in the set.
   *
   * @param range the range
   * @return true if they are, or if the range is empty
   */
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

  /**
   * The bytes that are in this set or another.
   *
   * @param other the other set
   * @return the union
   */
  public RangeSet union(RangeSet other) {
    return isEmpty() ? other : new Builder().addAll(this).addAll(other).build();
  }

  /**
   * The bytes that are in this set and not in another.
   *
   * @param other the other set
   * @return the difference
   */
  public RangeSet minus(RangeSet other) {
    Builder rest = new Builder().keepTouching();
    for (int i = 0; i < count(); i++) {
      long from = offset(i);
      int j = other.firstEndingAfter(from);
      for (; j < other.count() && other.offset(j) < end(i); j++) {
        rest.addBetween(from, other.offset(j));
        from = other.end(j);
      }
      rest.addBetween(from, end(i));
    }
    return rest.build();
  }

  /**
   * The bytes that are in both this set and another.
   *
   * @param other the other set
   * @return the intersection
   */
  public RangeSet intersect(RangeSet other) {
    Builder common = new Builder().keepTouching();
    for (int i = 0; i < count(); i++) {
      int j = other.firstEndingAfter(offset(i));
      for (; j < other.count() && other.offset(j) < end(i); j++) {
        common.addBetween(Math.max(offset(i), other.offset(j)), Math.min(end(i), other.end(j)));
      }
    }
    return common.build();
  }

  /**
   * The bytes of the set that are in a range.
   *
   * @param range the range
   * @return the intersection
   */
  public RangeSet intersect(ByteRange range) {
    return intersect(of(range));
  }

  /**
   * The bytes of a range that are not in the set.
   *
   * @param range the range
   * @return the difference
   */
  public RangeSet complementIn(ByteRange range) {
    return of(range).minus(this);
  }

  /**
   * The set whose ranges are widened to whole units.
   *
   * @param unit the unit in bytes, such as a block or page size
   * @return the union of {@link ByteRange#alignedTo} of each range
   * @throws IllegalArgumentException if {@code unit} is not positive
   */
  public RangeSet alignedTo(long unit) {
    Builder aligned = new Builder();
    forEach(range -> aligned.add(range.alignedTo(unit)));
    return aligned.build();
  }

  /**
   * Compares two sets.
   *
   * @param other the other set
   * @return true if it has the same ranges
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof RangeSet set && Arrays.equals(edges, set.edges);
  }

  /**
   * A hash code.
   *
   * @return a value consistent with {@link #equals}
   */
  @Override
  public int hashCode() {
    return Arrays.hashCode(edges);
  }

  /**
   * For messages.
   *
   * @return {@code [OFFSET+LENGTH, …]}
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < count(); i++) {
      text.append(i == 0 ? "" : ", ").append(offset(i)).append('+').append(end(i) - offset(i));
    }
    return text.append(']').toString();
  }
}
