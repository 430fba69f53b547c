package io.github.pmem2j.watch;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.RangeSet;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A change of one device's list of bad blocks. Immutable.
 *
 * @param time when it was read from the kernel
 * @param device the device's name, as in {@link BadRange#device()}
 * @param ranges the ranges that were added or removed, in bytes on the device; never empty
 * @param files for each watched file that is hit, its parts in {@code ranges}
 * @param complete false if there may be more, because the kernel's list is full or not all affected
 *     files are known
 */
public record BadBlockChange(
    Instant time,
    String device,
    RangeSet ranges,
    Map<Path, List<BadRange>> files,
    boolean complete) {
  /** Makes a change. */
  public BadBlockChange {
    Objects.requireNonNull(files, "files");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(ranges, "ranges");
    files = Map.copyOf(files);
  }
}
