package io.github.pmem2j;

import java.util.Objects;

/**
 * A part of a file or device that is lost to a media error. Immutable. All offsets and lengths are
 * bytes.
 *
 * @param offset where the lost bytes begin; the device loses whole sectors of 512 bytes
 * @param length how many are lost
 * @param clearOffset where the file system blocks that hold them begin: an access to any byte from
 *     here on may fail, and clearing zeroes from here on
 * @param clearLength the length of those blocks
 * @param kind what is there
 * @param shared whether the file shares the place with another file, or with itself elsewhere:
 *     clearing it here leaves the other as it is
 * @param device the name of the device that has the error, as in {@code /sys/block}, or of the dax
 *     device
 * @param deviceSector where it is on that device, in sectors of 512 bytes
 */
public record BadRange(
    long offset,
    long length,
    long clearOffset,
    long clearLength,
    Kind kind,
    boolean shared,
    String device,
    long deviceSector) {
  /** What a lost range held. */
  public enum Kind {
    /** Data of the file. */
    DATA,
    /** Nothing: the place is allocated and was never written. The file reads as zeros there. */
    UNWRITTEN,
    /** Nothing: the place is allocated past the end of the file. */
    PAST_END,
    /**
     * Data of the file that a repair has cleared and not restored yet: it reads as zeros. The
     * repair's journal says so, the device does not know.
     */
    ZEROED
  }

  /**
   * Makes a range.
   *
   * @param offset where the lost bytes begin
   * @param length how many are lost
   * @param clearOffset where the blocks that hold them begin
   * @param clearLength the length of those blocks
   * @param kind what is there
   * @param shared whether others share the place
   * @param device the device's name
   * @param deviceSector the sector on it
   * @throws IllegalArgumentException if {@code length} is not positive, an offset is negative, or
   *     the lost bytes do not lie within the blocks
   */
  public BadRange {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(device);
    if (length <= 0
        || clearOffset < 0
        || clearOffset > Long.MAX_VALUE - clearLength
        || offset < clearOffset
        || length > clearLength
        || offset - clearOffset > clearLength - length
        || deviceSector < 0) {
      throw new IllegalArgumentException(
          "not a bad range: offset "
              + offset
              + ", length "
              + length
              + ", in blocks at "
              + clearOffset
              + ", length "
              + clearLength
              + ", sector "
              + deviceSector);
    }
  }

  /**
   * The first byte behind the lost ones.
   *
   * @return {@code offset + length}
   */
  public long end() {
    return offset + length;
  }

  /**
   * The first byte behind the blocks that hold them.
   *
   * @return {@code clearOffset + clearLength}
   */
  public long clearEnd() {
    return clearOffset + clearLength;
  }
}
