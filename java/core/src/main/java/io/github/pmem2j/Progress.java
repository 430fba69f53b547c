package io.github.pmem2j;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How far long work has come. Immutable.
 *
 * @param path the file that is worked on; of a tree, the file that was scanned last
 * @param unit what is counted
 * @param done how much is done
 * @param total how much there is to do; empty where that is not known, as of a tree
 * @param lost how many bytes are lost, as far as is known by now: they could not be read, or not
 *     restored
 */
public record Progress(Path path, Unit unit, long done, OptionalLong total, long lost) {
  /** What {@link Progress#done} and {@link Progress#total} count. */
  public enum Unit {
    /** Bytes of a file. */
    BYTES,
    /** Files of a tree. */
    FILES
  }

  /**
   * Makes one.
   *
   * @param path the file
   * @param unit what is counted
   * @param done how much is done
   * @param total how much there is
   * @param lost how many bytes are lost
   */
  public Progress {
    Objects.requireNonNull(path);
    Objects.requireNonNull(unit);
    Objects.requireNonNull(total);
  }
}
