package io.github.pmem2j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Bytes of a file that the medium has lost, where the caller asked for all or nothing. */
public class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<ByteRange> ranges;

  /**
   * Describes the loss.
   *
   * @param path the file
   * @param ranges what cannot be read
   */
  public UnreadableException(Path path, List<ByteRange> ranges) {
    super(path + ": the medium has lost " + ranges);
    this.ranges = List.copyOf(ranges);
  }

  /**
   * What cannot be read.
   *
   * @return sorted, disjoint ranges of the file, or null in an exception that was serialized
   */
  public List<ByteRange> ranges() {
    return ranges;
  }
}
