package io.github.pmem2j.watch;

import java.util.List;
import java.util.Map;

/**
 * A {@link BadBlockWatch} in JMX: its {@link WatchStatus}, in open types.
 *
 * @see WatchManagement
 */
public interface BadBlockWatchMXBean {
  /**
   * Whether the watch reports changes.
   *
   * @return false after it was closed or has failed
   */
  boolean isRunning();

  /**
   * The files of the kernel that the watch waits for.
   *
   * @return paths
   */
  List<String> getLists();

  /**
   * What the watch cannot watch although it should.
   *
   * @return one line for each, {@code PATH: REASON}
   */
  List<String> getUnwatched();

  /**
   * How many ranges are on the lists now.
   *
   * @return a number of ranges
   */
  long getBadRanges();

  /**
   * How many bad ranges have been found since the watch was opened.
   *
   * @return a number of ranges
   */
  long getFound();

  /**
   * How many bad ranges have been cleared since the watch was opened.
   *
   * @return a number of ranges
   */
  long getCleared();

  /**
   * How many calls of the listener ended in an exception.
   *
   * @return a number of calls
   */
  long getListenerFailures();

  /**
   * The verdict of the last scan for each watched path.
   *
   * @return path to verdict
   */
  Map<String, String> getVerdicts();

  /**
   * When the watched paths were last scanned.
   *
   * @return a time in ISO 8601
   */
  String getLastScan();

  /**
   * Reads and compares the lists now, as {@link BadBlockWatch#check()}.
   *
   * @throws java.io.IOException if the watch cannot be woken
   */
  void check() throws java.io.IOException;
}
