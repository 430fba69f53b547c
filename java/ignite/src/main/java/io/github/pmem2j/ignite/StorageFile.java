package io.github.pmem2j.ignite;

import io.github.pmem2j.RangeSet;
import java.io.Serializable;
import java.util.Objects;

/** A file of a node's storage that has bad blocks, with its role in Ignite. Immutable. */
public final class StorageFile implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final Role role;
  private final String cache;
  private final boolean group;
  private final int partition;
  private final boolean complete;
  private final RangeSet lost;
  private final RangeSet unreadable;

  /** The role of a file in Ignite. */
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

  StorageFile(
      String path,
      Role role,
      String cache,
      boolean group,
      int partition,
      boolean complete,
      RangeSet lost,
      RangeSet unreadable) {
    this.path = Objects.requireNonNull(path, "path");
    this.role = Objects.requireNonNull(role, "role");
    this.cache = Objects.requireNonNull(cache, "cache");
    this.group = group;
    this.partition = partition;
    this.complete = complete;
    this.lost = Objects.requireNonNull(lost, "lost");
    this.unreadable = Objects.requireNonNull(unreadable, "unreadable");
  }

  /** {@return its absolute path on the node} */
  public String path() {
    return path;
  }

  /** {@return its role in Ignite} */
  public Role role() {
    return role;
  }

  /**
   * {@return the name of the cache, or of the cache group if {@code group}; "" for a file of no
   * cache}
   */
  public String cache() {
    return cache;
  }

  /** {@return whether several caches share the file} */
  public boolean group() {
    return group;
  }

  /** {@return the number of the partition; -1 unless the role is {@link Role#PARTITION}} */
  public int partition() {
    return partition;
  }

  /** {@return false if there may be more bad ranges} */
  public boolean complete() {
    return complete;
  }

  /** {@return the bytes that no read can bring back} */
  public RangeSet lost() {
    return lost;
  }

  /** {@return the bytes that a read fails on} */
  public RangeSet unreadable() {
    return unreadable;
  }

  /**
   * The content of the file, for people.
   *
   * @return a text such as {@code partition 7 of cache accounts}
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
   * @return its content, the path and the ranges
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
