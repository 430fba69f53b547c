package io.github.pmem2j.watch;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Something that a {@link BadBlockWatch} was asked to watch and cannot, or not completely.
 *
 * @param path the path as the caller gave it
 * @param reason for people: names the obstacle
 */
public record WatchGap(Path path, String reason) {
  /** Makes one. */
  public WatchGap {
    Objects.requireNonNull(path);
    Objects.requireNonNull(reason);
  }
}
