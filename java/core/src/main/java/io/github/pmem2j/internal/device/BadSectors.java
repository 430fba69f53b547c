package io.github.pmem2j.internal.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bad ranges of one device, sorted and disjoint, in sectors, and for each the device that has the
 * error and its position there. Immutable.
 */
public final class BadSectors {
  public static final BadSectors NONE = new Builder().build();

  private final long[] start;
  private final long[] end;
  private final long[] origin;
  private final String[] device;

  private BadSectors(long[] start, long[] end, long[] origin, String[] device) {
    this.start = start;
    this.end = end;
    this.origin = origin;
    this.device = device;
  }

  /** Collects ranges in any order; a sector that two of them have is kept once. */
  public static final class Builder {
    private record Part(long start, long end, String device, long origin) {}

    private final List<Part> parts = new ArrayList<>();

    /** Adds sectors from {@code start} to {@code end}, which are at {@code origin} of a device. */
    public Builder add(long start, long end, String device, long origin) {
      if (start < end) {
        parts.add(new Part(start, end, device, origin));
      }
      return this;
    }

    /** Adds all ranges of another list, moved by {@code by} sectors. */
    public Builder addAll(BadSectors ranges, long by) {
      for (int i = 0; i < ranges.count(); i++) {
        add(ranges.start[i] + by, ranges.end[i] + by, ranges.device[i], ranges.origin[i]);
      }
      return this;
    }

    public int size() {
      return parts.size();
    }

    public BadSectors build() {
      parts.sort((a, b) -> Long.compare(a.start, b.start));
      int count = 0;
      long[] start = new long[parts.size()];
      long[] end = new long[parts.size()];
      long[] origin = new long[parts.size()];
      String[] device = new String[parts.size()];
      for (Part part : parts) {
        long from = count == 0 ? part.start : Math.max(part.start, end[count - 1]);
        if (from >= part.end) {
          continue;
        }
        long at = part.origin + (from - part.start);
        if (count > 0
            && end[count - 1] == from
            && device[count - 1].equals(part.device)
            && origin[count - 1] + (from - start[count - 1]) == at) {
          end[count - 1] = part.end;
          continue;
        }
        start[count] = from;
        end[count] = part.end;
        origin[count] = at;
        device[count] = part.device;
        count++;
      }
      return new BadSectors(
          Arrays.copyOf(start, count),
          Arrays.copyOf(end, count),
          Arrays.copyOf(origin, count),
          Arrays.copyOf(device, count));
    }
  }

  public boolean isEmpty() {
    return start.length == 0;
  }

  public int count() {
    return start.length;
  }

  /** First sector of a range. */
  public long start(int index) {
    return start[index];
  }

  /** The first sector after a range. */
  public long end(int index) {
    return end[index];
  }

  /** The name of the device that has the error. */
  public String device(int index) {
    return device[index];
  }

  /** Where {@link #start} is on that device. */
  public long origin(int index) {
    return origin[index];
  }

  /** Index of the first range that ends after a sector. */
  public int firstEndingAfter(long sector) {
    int low = 0;
    int high = end.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (end[middle] > sector) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The ranges within a section of the device, counted from its beginning. */
  public BadSectors section(long from, long length) {
    Builder builder = new Builder();
    long to = length > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + length;
    for (int i = firstEndingAfter(from); i < count() && start[i] < to; i++) {
      long begin = Math.max(start[i], from);
      builder.add(
          begin - from, Math.min(end[i], to) - from, device[i], origin[i] + begin - start[i]);
    }
    return builder.build();
  }

  /** The ranges in bytes. */
  public RangeSet bytes() {
    RangeSet.Builder bytes = RangeSet.builder();
    for (int i = 0; i < count(); i++) {
      bytes.add(ByteRange.between(start[i] * BadRange.SECTOR_SIZE, end[i] * BadRange.SECTOR_SIZE));
    }
    return bytes.build();
  }

  public boolean sameAs(BadSectors other) {
    return Arrays.equals(start, other.start)
        && Arrays.equals(end, other.end)
        && Arrays.equals(origin, other.origin)
        && Arrays.equals(device, other.device);
  }
}
