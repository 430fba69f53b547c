package io.github.pmem2j;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The progress of a long operation. Immutable.
 *
 * @param path the file in progress; for a tree, the file that was scanned last
 * @param unit the unit of {@code done} and {@code total}
 * @param done how much is done
 * @param total how much there is to do; empty if unknown, as for a tree
 * @param lost how many bytes are known to be lost so far: they could not be read or restored
 */
public record Progress(Path path, Unit unit, long done, OptionalLong total, long lost) {
  /** The unit of {@link Progress#done} and {@link Progress#total}. */
  public enum Unit {
    /** Bytes of a file. */
    BYTES,
    /** Files of a tree. */
    FILES
  }

  /** Makes one. */
  public Progress {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(total, "total");
  }
}
