package io.github.pmem2j.repair;

import io.github.pmem2j.RangeSet;
import java.util.Objects;

/**
 * The result of reading a range. Immutable.
 *
 * @param length how many bytes were returned, with zeros for the lost ones; fewer than requested
 *     only at the end of the file
 * @param lost the bytes of the file that could not be read
 */
public record ReadResult(long length, RangeSet lost) {
  /** Makes a result. */
  public ReadResult {
    Objects.requireNonNull(lost, "lost");
  }

  /** {@return whether all of them were read} */
  public boolean complete() {
    return lost.isEmpty();
  }
}
