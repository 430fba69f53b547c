package io.github.pmem2j.ignite;

import io.github.pmem2j.RangeSet;
import java.io.Serializable;
import java.util.Objects;

/**
 * A file of a node's storage that has bad blocks, and what Ignite keeps in it. Immutable.
 *
 * @param path its absolute path on the node
 * @param role what Ignite keeps in it
 * @param cache the name of the cache, or of the cache group if {@code group}; "" for a file of no
 *     cache
 * @param group whether several caches share the file
 * @param partition the number of the partition; -1 unless the role is {@link Role#PARTITION}
 * @param complete whether there may not be more bad ranges than these
 * @param lost the bytes that no read can bring back
 * @param unreadable the bytes that a read fails on
 */
public record StorageFile(
    String path,
    Role role,
    String cache,
    boolean group,
    int partition,
    boolean complete,
    RangeSet lost,
    RangeSet unreadable)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What Ignite keeps in a file. */
  public enum Role {
    /** A partition of a cache or group: {@code part-7.bin}. */
    PARTITION,
    /** The indexes of a cache or group: {@code index.bin}. */
    INDEX,
    /** Ignite's own metadata: the directory {@code metastorage}. */
    METASTORAGE,
    /** A segment of the write-ahead log. */
    WAL,
    /** A segment of the write-ahead log that is archived. */
    WAL_ARCHIVE,
    /** A segment of the log for change data capture. */
    CDC,
    /** Anything else: a cache's configuration, a checkpoint marker. */
    OTHER
  }

  /**
   * Makes one.
   *
   * @param path its absolute path
   * @param role what is in it
   * @param cache the cache or the group
   * @param group whether {@code cache} is a group
   * @param partition the number of the partition
   * @param complete whether there may not be more
   * @param lost the lost bytes
   * @param unreadable the unreadable bytes
   */
  public StorageFile {
    Objects.requireNonNull(path);
    Objects.requireNonNull(role);
    Objects.requireNonNull(cache);
    Objects.requireNonNull(lost);
    Objects.requireNonNull(unreadable);
  }

  /**
   * What Ignite keeps in the file, for people.
   *
   * @return {@code partition 7 of cache accounts} or the like
   */
  public String contents() {
    String owner = cache.isEmpty() ? "" : " of " + (group ? "cache group " : "cache ") + cache;
    return switch (role) {
      case PARTITION -> "partition " + partition + owner;
      case INDEX -> "index" + owner;
      case METASTORAGE -> "metastorage";
      case WAL -> "WAL segment";
      case WAL_ARCHIVE -> "archived WAL segment";
      case CDC -> "CDC segment";
      case OTHER -> cache.isEmpty() ? "other file" : "other file" + owner;
    };
  }

  /**
   * For messages.
   *
   * @return what is in it, the path and the ranges
   */
  @Override
  public String toString() {
    return contents()
        + ", "
        + path
        + ": "
        + (lost.isEmpty() ? "unreadable " + unreadable : "lost " + lost)
        + (complete ? "" : " (incomplete)");
  }
}
