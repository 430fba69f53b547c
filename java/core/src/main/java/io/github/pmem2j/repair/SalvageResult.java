package io.github.pmem2j.repair;

import io.github.pmem2j.RangeSet;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a {@link Salvage}. Immutable.
 *
 * @param size the size of the file in bytes
 * @param lost the bytes that could not be read
 * @param finishedBefore when an earlier run finished, if one did; then this run only retried the
 *     lost bytes
 */
public record SalvageResult(long size, RangeSet lost, Optional<Instant> finishedBefore) {
  /** Makes a result. */
  public SalvageResult {
    Objects.requireNonNull(lost, "lost");
    Objects.requireNonNull(finishedBefore, "finishedBefore");
  }

  /** {@return whether every byte was read, in this run or an earlier one} */
  public boolean complete() {
    return lost.isEmpty();
  }
}
