package io.github.pmem2j.watch;

import java.util.List;
import java.util.Map;

/**
 * A {@link BadBlockWatch} in JMX: its {@link WatchStatus}, in open types.
 *
 * @see WatchManagement
 */
public interface BadBlockWatchMXBean {
  /** {@return whether the watch reports changes: false after it was closed or has failed} */
  boolean isRunning();

  /** {@return the paths of the kernel's lists that the watch waits for} */
  List<String> getLists();

  /** {@return what the watch cannot watch although it should: lines {@code PATH: REASON}} */
  List<String> getUnwatched();

  /** {@return the number of ranges on the lists now} */
  long getBadRanges();

  /** {@return the number of bad ranges found since the watch was opened} */
  long getFound();

  /** {@return the number of bad ranges cleared since the watch was opened} */
  long getCleared();

  /** {@return the number of calls of the listener that ended in an exception} */
  long getListenerFailures();

  /** {@return the verdict of the last scan for each watched path} */
  Map<String, String> getVerdicts();

  /** {@return when the watched paths were last scanned, in ISO 8601} */
  String getLastScan();

  /**
   * Reads and compares the lists now, as {@link BadBlockWatch#check()}.
   *
   * @throws java.io.IOException if the watch cannot be woken
   */
  void check() throws java.io.IOException;
}
