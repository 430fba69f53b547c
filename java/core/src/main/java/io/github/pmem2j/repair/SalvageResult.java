package io.github.pmem2j.repair;

import io.github.pmem2j.RangeSet;
import java.util.Objects;

/**
 * What came of reading a range. Immutable.
 *
 * @param length how many bytes were delivered, the lost ones among them as zeros; fewer than asked
 *     for only where the file ends
 * @param lost the bytes of the file that could not be read
 */
public record SalvageResult(long length, RangeSet lost) {
  /**
   * Makes a result.
   *
   * @param length how many bytes were delivered
   * @param lost what could not be read
   */
  public SalvageResult {
    Objects.requireNonNull(lost);
  }

  /**
   * Whether every byte delivered was read.
   *
   * @return true if nothing is lost
   */
  public boolean complete() {
    return lost.isEmpty();
  }
}
