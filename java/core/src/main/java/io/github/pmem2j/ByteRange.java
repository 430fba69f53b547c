package io.github.pmem2j;

import java.io.Serializable;

/**
 * A range of bytes of a file or device. Immutable.
 *
 * @param offset the first byte
 * @param length the number of bytes; 0 for an empty range
 */
public record ByteRange(long offset, long length) implements Serializable {
  /**
   * Makes a range.
   *
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative, or the end is
   *     past {@link Long#MAX_VALUE}
   */
  public ByteRange {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "a range needs an offset and a length of 0 or more and an end below 2^63: offset "
              + offset
              + ", length "
              + length);
    }
  }

  /**
   * The range from one offset to another.
   *
   * @param offset the first byte
   * @param end the byte after the last
   * @return the range
   * @throws IllegalArgumentException if {@code offset} is negative or past {@code end}
   */
  public static ByteRange between(long offset, long end) {
    return new ByteRange(offset, end - offset);
  }

  /** {@return the byte after the last: {@code offset + length}} */
  public long end() {
    return offset + length;
  }

  /** {@return whether the length is 0} */
  public boolean isEmpty() {
    return length == 0;
  }

  /**
   * Whether it has a byte in common with another range.
   *
   * @param other the other range
   * @return true if they overlap
   */
  public boolean intersects(ByteRange other) {
    return Math.max(offset, other.offset) < Math.min(end(), other.end());
  }

  /**
   * Whether all bytes of another range are in this one.
   *
   * @param other the other range
   * @return true if it is a part of this, or empty
   */
  public boolean contains(ByteRange other) {
    return other.isEmpty() || (offset <= other.offset && other.end() <= end());
  }

  /**
   * The bytes in both this range and another.
   *
   * @param other the other range
   * @return their intersection, which may be empty
   */
  public ByteRange intersect(ByteRange other) {
    long from = Math.max(offset, other.offset);
    return between(from, Math.max(from, Math.min(end(), other.end())));
  }

  /**
   * The smallest range of whole units that contains this one.
   *
   * @param unit the unit in bytes, such as a block or page size
   * @return the range, its offset a multiple of {@code unit}; its end too, unless that would be
   *     past {@link Long#MAX_VALUE}
   * @throws IllegalArgumentException if {@code unit} is not positive
   */
  public ByteRange alignedTo(long unit) {
    if (unit <= 0) {
      throw new IllegalArgumentException("not a unit of alignment: " + unit);
    }
    long past = end() % unit;
    long more = past == 0 ? 0 : unit - past;
    return between(
        offset - offset % unit, end() > Long.MAX_VALUE - more ? Long.MAX_VALUE : end() + more);
  }
}
