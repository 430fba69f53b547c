package io.github.pmem2j.lucene;

/** How a {@link PmemDirectory} treats a file that may have bad blocks. */
public enum UnknownFilePolicy {
  /** Opens it like the wrapped directory, which may map it. */
  DELEGATE,
  /**
   * Opens it without a mapping: an unknown error causes an {@code IOException}. The input is
   * Lucene's {@code NIOFSDirectory}'s: if a thread is interrupted while it reads, the input is
   * closed, and every later read fails until a reader opens the file again.
   */
  PREAD,
  /** Fails to open it, with an {@code IOException} that has the reasons. */
  REFUSE
}
