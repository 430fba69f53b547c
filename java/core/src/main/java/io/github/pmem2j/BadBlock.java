package io.github.pmem2j;

/**
 * A bad block: a range of a file or dax device that is lost to an uncorrectable media error.
 * Immutable. It is {@code struct pmem2_badblock} of <a
 * href="https://pmem.io/pmdk/manpages/linux/v1.11/libpmem2/pmem2_badblock_next.3/">pmem2_badblock_next(3)</a>.
 *
 * @param offset where it begins, in bytes from the start of the file or device
 * @param length how long it is, in bytes
 */
public record BadBlock(long offset, long length) {
  /**
   * Makes a range.
   *
   * @param offset where it begins, in bytes
   * @param length how long it is, in bytes
   * @throws IllegalArgumentException if {@code offset} is negative, {@code length} is not positive,
   *     or the end is past {@link Long#MAX_VALUE}
   */
  public BadBlock {
    if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "a bad block needs an offset of 0 or more, a length of 1 or more and an end below 2^63:"
              + " offset "
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
