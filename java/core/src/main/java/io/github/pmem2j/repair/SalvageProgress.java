package io.github.pmem2j.repair;

/** Gets the progress of a {@link Salvage}. */
@FunctionalInterface
public interface SalvageProgress {
  /**
   * Called from time to time, in the copying thread.
   *
   * @param done how many bytes of the file have been tried
   * @param size how many there are
   * @param lost how many are lost so far
   */
  void copied(long done, long size, long lost);
}
