package io.github.pmem2j;

import java.util.Arrays;

/**
 * The algebra of {@link RangeSet}: alternating offsets and ends of non-empty, disjoint ranges,
 * ascending.
 */
final class RangeEdges {
  private RangeEdges() {}

  /** The index of the first range that ends after {@code offset}, else the number of ranges. */
  static int firstEndingAfter(long[] edges, long offset) {
    int low = 0;
    int high = edges.length / 2;
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

  /** The bytes that are in {@code set} and not in {@code other}. */
  static long[] minus(long[] set, long[] other) {
    Collector rest = new Collector();
    for (int i = 0; i < set.length; i += 2) {
      long from = set[i];
      long end = set[i + 1];
      for (int j = 2 * firstEndingAfter(other, from); j < other.length && other[j] < end; j += 2) {
        rest.add(from, other[j]);
        from = other[j + 1];
      }
      rest.add(from, end);
    }
    return rest.joined(true);
  }

  /** The bytes that are in both. */
  static long[] intersect(long[] set, long[] other) {
    Collector common = new Collector();
    for (int i = 0; i < set.length; i += 2) {
      long from = set[i];
      long end = set[i + 1];
      for (int j = 2 * firstEndingAfter(other, from); j < other.length && other[j] < end; j += 2) {
        common.add(Math.max(from, other[j]), Math.min(end, other[j + 1]));
      }
    }
    return common.joined(true);
  }

  /** Collects ranges, in any order. */
  static final class Collector {
    private long[] edges = new long[8];
    private int length;
    private boolean sorted = true;

    /** Adds a range, unless it is empty. */
    void add(long offset, long end) {
      if (offset < end) {
        if (length == edges.length) {
          edges = Arrays.copyOf(edges, 2 * length);
        }
        sorted &= length == 0 || edges[length - 2] <= offset;
        edges[length] = offset;
        edges[length + 1] = end;
        length += 2;
      }
    }

    void addAll(long[] more) {
      for (int i = 0; i < more.length; i += 2) {
        add(more[i], more[i + 1]);
      }
    }

    /**
     * The union of what was added.
     *
     * @param keepTouching whether ranges that touch without overlapping stay two
     */
    long[] joined(boolean keepTouching) {
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
      return Arrays.copyOf(joined, at);
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
}
