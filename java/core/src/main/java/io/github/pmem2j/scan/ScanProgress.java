package io.github.pmem2j.scan;

/** Told how far {@link BadBlockScanner#scanTree} has come. */
@FunctionalInterface
public interface ScanProgress {
  /**
   * Called after each file, in the thread that draws on the stream.
   *
   * @param files how many files have been scanned
   * @param bytes the sum of their sizes
   */
  void scanned(long files, long bytes);
}
