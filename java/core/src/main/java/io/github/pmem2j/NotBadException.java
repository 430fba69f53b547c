package io.github.pmem2j;

import java.io.IOException;
import java.util.Objects;

/**
 * A request to clear bytes that are not, or no longer, known to be bad. Nothing was cleared: list
 * the bad blocks again.
 */
public class NotBadException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RangeSet ranges;

  /**
   * Describes the ranges that are not bad.
   *
   * @param message the file, what is not bad, and what to do
   * @param ranges the bytes that are not known to be bad
   */
  public NotBadException(String message, RangeSet ranges) {
    super(Objects.requireNonNull(message, "message"));
    this.ranges = Objects.requireNonNull(ranges, "ranges");
  }

  /** {@return the requested bytes of the file that are not bad} */
  public RangeSet ranges() {
    return ranges;
  }
}
