package io.github.pmem2j.watch;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Something that a {@link BadBlockWatch} cannot watch, or not completely, although it should.
 * Immutable.
 *
 * @param path the path that the caller passed
 * @param reason for people: names the obstacle
 */
public record WatchGap(Path path, String reason) {
  /** Makes one. */
  public WatchGap {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(reason, "reason");
  }
}
