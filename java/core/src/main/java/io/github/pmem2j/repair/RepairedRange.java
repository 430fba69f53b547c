package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.util.Objects;

/**
 * The outcome for a bad range. Immutable.
 *
 * @param blocks the blocks, in bytes of the file
 * @param outcome the outcome for them
 * @param message the reason, or which blocks stay bad elsewhere; may be empty
 */
public record RepairedRange(ByteRange blocks, Outcome outcome, String message) {
  /** The outcome for a bad range. */
  public enum Outcome {
    /** Healthy, with the bytes that were restored, read back and compared. */
    RESTORED,
    /** Healthy; it held nothing of the file. */
    REPLACED,
    /** Not changed: it was no longer bad. */
    HEALED,
    /** Not changed: clearing it is refused. */
    REFUSED,
    /**
     * Not restored. It stays in the journal: if it was cleared before the failure, the scanner
     * reports it as lost; otherwise it is bad as before.
     */
    FAILED
  }

  /** Makes a range. */
  public RepairedRange {
    Objects.requireNonNull(blocks, "blocks");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(message, "message");
  }
}
