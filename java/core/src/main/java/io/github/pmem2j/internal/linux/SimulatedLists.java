package io.github.pmem2j.internal.linux;

import java.io.IOException;

/** Lists of bad blocks that a test kit keeps in place of the kernel. */
public interface SimulatedLists {
  /** Brings the lists up to date; called before each reading of one. */
  void update() throws IOException;

  /**
   * Runs an action after each change, as the kernel wakes those who poll.
   *
   * @return ends the notifications
   */
  Runnable onChange(Runnable action);
}
