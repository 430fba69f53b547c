package io.github.pmem2j.watch;

import io.github.pmem2j.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a {@link BadBlockWatch} knows at one moment. Immutable.
 *
 * @param running whether it reports changes: false after its closing or failure
 * @param lists the files of the kernel that it waits for
 * @param unwatched what it cannot watch
 * @param badRanges how many ranges are on the lists now
 * @param found how many ranges have been found since it was opened
 * @param cleared how many have been cleared
 * @param listenerFailures how many calls of the listener ended in an exception
 * @param verdicts for each watched path the verdict of the last scan; a directory has the gravest
 *     of what is in it: BAD, then UNKNOWN, then CLEAN, then NOT_PMEM
 * @param lastScan when that was
 */
public record WatchStatus(
    boolean running,
    List<Path> lists,
    List<WatchGap> unwatched,
    long badRanges,
    long found,
    long cleared,
    long listenerFailures,
    Map<Path, Verdict> verdicts,
    Instant lastScan) {
  /**
   * Makes a status.
   *
   * @param running whether it reports changes
   * @param lists what it waits for
   * @param unwatched what it cannot watch
   * @param badRanges how many ranges are listed
   * @param found how many were found
   * @param cleared how many were cleared
   * @param listenerFailures how many calls failed
   * @param verdicts the verdict for each path
   * @param lastScan when they were reached
   */
  public WatchStatus {
    lists = List.copyOf(lists);
    unwatched = List.copyOf(unwatched);
    verdicts = Map.copyOf(verdicts);
    Objects.requireNonNull(lastScan);
  }

  /** The same status of a watch that has ended. */
  WatchStatus stopped() {
    return new WatchStatus(
        false, lists, unwatched, badRanges, found, cleared, listenerFailures, verdicts, lastScan);
  }
}
