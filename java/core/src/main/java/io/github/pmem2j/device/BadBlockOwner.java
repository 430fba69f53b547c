package io.github.pmem2j.device;

import io.github.pmem2j.ByteRange;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The use of a bad range of a device. Immutable.
 *
 * @param kind the kind of use
 * @param path the file or directory that it belongs to, if there is one and its name is known
 * @param range its range in that file, in bytes, if it holds the file's data
 * @param detail for people: which metadata, or why the owner is unknown; may be empty
 */
public record BadBlockOwner(
    Kind kind, Optional<Path> path, Optional<ByteRange> range, String detail) {
  /** What a bad range is used for. */
  public enum Kind {
    /** Data of a file. */
    FILE,
    /** Allocated to a file and never written: reads as zeros. */
    UNWRITTEN,
    /** The journal of an unfinished repair. */
    REPAIR_JOURNAL,
    /** The file system's own: {@link BadBlockOwner#detail()} says which. */
    METADATA,
    /** The file system's log. */
    LOG,
    /** Not used by the file system. */
    FREE,
    /** The kernel's metadata of a namespace: labels, or the map of its pages. */
    NAMESPACE_METADATA,
    /** Unknown: {@link BadBlockOwner#detail()} says why. */
    UNKNOWN
  }

  /** Makes an owner. */
  public BadBlockOwner {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(range, "range");
    Objects.requireNonNull(detail, "detail");
  }

  static BadBlockOwner of(Kind kind, String detail) {
    return new BadBlockOwner(kind, Optional.empty(), Optional.empty(), detail);
  }

  static BadBlockOwner metadata(Path path, String detail) {
    return new BadBlockOwner(Kind.METADATA, Optional.of(path), Optional.empty(), detail);
  }

  static BadBlockOwner file(Kind kind, Path path, ByteRange range) {
    return new BadBlockOwner(kind, Optional.of(path), Optional.of(range), "");
  }

  /** The owner of a part of this owner's range. */
  BadBlockOwner slice(long distance, long length) {
    return range.isEmpty()
        ? this
        : new BadBlockOwner(
            kind,
            path,
            range.map(whole -> new ByteRange(whole.offset() + distance, length)),
            detail);
  }
}
