package io.github.pmem2j.repair;

/** What the reads of a verification reached. */
public enum ReadMethod {
  /** The medium: the file is accessed directly (DAX) and has no page cache. */
  DAX,
  /** The medium, past the page cache (O_DIRECT). */
  DIRECT,
  /**
   * The page cache, at least in part, because the file system does not support O_DIRECT. Cached
   * bytes are read even if the medium has lost them.
   */
  CACHE
}
