package io.github.pmem2j.scan;

/**
 * A range of a file or device. Immutable.
 *
 * @param offset where it begins, in bytes
 * @param length how long it is, in bytes
 */
public record Range(long offset, long length) {
  /**
   * Makes a range.
   *
   * @param offset where it begins, in bytes
   * @param length how long it is, in bytes
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative, or the end is
   *     past {@link Long#MAX_VALUE}
   */
  public Range {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "a range needs an offset and a length of 0 or more and an end below 2^63: offset "
              + offset
              + ", length "
              + length);
    }
  }

  /**
   * The first byte behind it.
   *
   * @return {@code offset + length}
   */
  public long end() {
    return offset + length;
  }
}
