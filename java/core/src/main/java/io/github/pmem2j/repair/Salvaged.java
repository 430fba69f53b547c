package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.util.List;

/**
 * What came of reading a range. Immutable.
 *
 * @param length how many bytes were delivered, the lost ones among them as zeros; fewer than asked
 *     for only where the file ends
 * @param lost what could not be read: sorted, disjoint, in bytes of the file
 */
public record Salvaged(long length, List<ByteRange> lost) {
  /**
   * Makes a result.
   *
   * @param length how many bytes were delivered
   * @param lost what could not be read
   */
  public Salvaged {
    lost = List.copyOf(lost);
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
