package io.github.pmem2j.lucene;

import io.github.pmem2j.BadBlockReport;

/** Receives the index files that the kernel has reported errors in since the watch was opened. */
@FunctionalInterface
public interface DamagedFileListener {
  /**
   * A file of the index has new bad blocks. Called in the thread of the watch, one call at a time.
   *
   * @param name the file's name in the directory
   * @param report the report of the file as of now
   */
  void damaged(String name, BadBlockReport report);
}
