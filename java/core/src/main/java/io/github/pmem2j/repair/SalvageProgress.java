package io.github.pmem2j.repair;

/** Told how far a {@link Salvage} has come. */
@FunctionalInterface
public interface SalvageProgress {
  /**
   * Called now and then, in the thread that copies.
   *
   * @param done how many bytes of the file have been dealt with
   * @param size how many there are
   * @param lost how many are lost so far
   */
  void copied(long done, long size, long lost);
}
