package io.github.pmem2j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Bytes of a file that the medium has lost, where the caller asked for all or nothing. */
public class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RangeSet ranges;

  /**
   * Describes the loss.
   *
   * @param path the file
   * @param ranges what cannot be read
   */
  public UnreadableException(Path path, RangeSet ranges) {
    super(Objects.requireNonNull(path) + ": the medium has lost " + ranges);
    this.ranges = Objects.requireNonNull(ranges);
  }

  /**
   * What cannot be read.
   *
   * @return a set of bytes of the file
   */
  public RangeSet ranges() {
    return ranges;
  }
}
