package io.github.pmem2j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** The medium has lost bytes of a file, and the caller needs all of them. */
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
    super(Objects.requireNonNull(path, "path") + ": the medium has lost " + ranges);
    this.ranges = Objects.requireNonNull(ranges, "ranges");
  }

  /** {@return the bytes of the file that cannot be read} */
  public RangeSet ranges() {
    return ranges;
  }
}
