package io.github.pmem2j.lucene;

/** How a {@link PmemDirectory} treats a file that has lost bytes. */
public enum BadFilePolicy {
  /** Fails to open it, with a {@code CorruptIndexException} that names the file and the ranges. */
  REFUSE,
  /**
   * Opens it without a mapping. Reading a lost byte throws a {@code CorruptIndexException}; every
   * other byte can be read.
   */
  SALVAGE
}
