package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.util.Objects;

/**
 * The outcome for a bad range. Immutable.
 *
 * @param blocks the blocks, in bytes of the file
 * @param outcome what happened to them
 * @param message why, or what stays bad elsewhere; may be empty
 */
public record RepairedRange(ByteRange blocks, Outcome outcome, String message) {
  /** What can happen to a bad range. */
  public enum Outcome {
    /** Healthy, with the bytes that were restored, read back and compared. */
    RESTORED,
    /** Healthy; it held nothing of the file. */
    REPLACED,
    /** Left alone: it was no longer bad. */
    HEALED,
    /** Left unchanged: clearing it is refused. */
    REFUSED,
    /**
     * Not restored. The journal keeps it: if it was cleared before the failure the scanner reports
     * it as lost, else it is as bad as it was.
     */
    FAILED
  }

  /** Makes a range. */
  public RepairedRange {
    Objects.requireNonNull(blocks);
    Objects.requireNonNull(outcome);
    Objects.requireNonNull(message);
  }
}
