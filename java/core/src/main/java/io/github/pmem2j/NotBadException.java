package io.github.pmem2j;

import java.io.IOException;
import java.util.Objects;

/**
 * Bytes were to be cleared that are not, or no longer, known to be bad: nothing was cleared. List
 * the bad blocks again.
 */
public class NotBadException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RangeSet ranges;

  /**
   * Describes what is not bad.
   *
   * @param message the file, what is not bad, and what to do
   * @param ranges the bytes that are not known to be bad
   */
  public NotBadException(String message, RangeSet ranges) {
    super(Objects.requireNonNull(message));
    this.ranges = Objects.requireNonNull(ranges);
  }

  /**
   * What was to be cleared and is not bad.
   *
   * @return a set of bytes of the file
   */
  public RangeSet ranges() {
    return ranges;
  }
}
