package io.github.pmem2j.internal.journal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Notifies the watches of this JVM that a repair has ended: the kernel reports what was cleared,
 * but not that the journal has gone.
 */
public final class RepairEnds {
  private static final List<Runnable> ACTIONS = new CopyOnWriteArrayList<>();

  private RepairEnds() {}

  /**
   * Runs an action after each repair.
   *
   * @return ends that
   */
  public static Runnable onEnd(Runnable action) {
    ACTIONS.add(action);
    return () -> ACTIONS.remove(action);
  }

  /** Runs the actions. */
  public static void run() {
    ACTIONS.forEach(Runnable::run);
  }
}
