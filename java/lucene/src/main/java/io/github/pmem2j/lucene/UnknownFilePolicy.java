package io.github.pmem2j.lucene;

/** What a {@link PmemDirectory} does with a file that may or may not have bad blocks. */
public enum UnknownFilePolicy {
  /** Opens it as the wrapped directory does, by a mapping if that maps files. */
  DELEGATE,
  /** Opens it without a mapping: an error that nobody knew of is an {@code IOException}. */
  PREAD,
  /** Fails to open it, with an {@code IOException} that gives the reasons. */
  REFUSE
}
