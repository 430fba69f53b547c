package io.github.pmem2j.internal.linux;

import java.io.IOException;

/** Lists of bad blocks that a test kit keeps, where it does what the kernel does of itself. */
public interface SimulatedLists {
  /** Brings the lists up to date; called before each reading of one. */
  void update() throws IOException;

  /**
   * Has an action run after each change, as the kernel wakes who polls.
   *
   * @return ends that
   */
  Runnable onChange(Runnable action);
}
