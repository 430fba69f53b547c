package io.github.pmem2j.watch;

import io.github.pmem2j.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The status of a {@link BadBlockWatch} at one moment. Immutable. */
public final class WatchStatus {
  private final boolean running;
  private final List<Path> lists;
  private final List<WatchGap> unwatched;
  private final Counts counts;
  private final Map<Path, Verdict> verdicts;
  private final Instant lastScan;

  /** What is counted: the ranges on the lists now, and the rest since the watch was opened. */
  record Counts(long badRanges, long found, long cleared, long listenerFailures) {}

  WatchStatus(
      boolean running,
      List<Path> lists,
      List<WatchGap> unwatched,
      Counts counts,
      Map<Path, Verdict> verdicts,
      Instant lastScan) {
    this.running = running;
    this.lists = List.copyOf(lists);
    this.unwatched = List.copyOf(unwatched);
    this.counts = counts;
    this.verdicts = Map.copyOf(verdicts);
    this.lastScan = lastScan;
  }

  /** The same status of a watch that has ended. */
  WatchStatus stopped() {
    return new WatchStatus(false, lists, unwatched, counts, verdicts, lastScan);
  }

  /** {@return whether it reports changes: false after it was closed or has failed} */
  public boolean running() {
    return running;
  }

  /** {@return the kernel's lists of bad blocks that it waits for} */
  public List<Path> lists() {
    return lists;
  }

  /** {@return what it cannot watch; empty if all changes are reported} */
  public List<WatchGap> unwatched() {
    return unwatched;
  }

  /** {@return the number of ranges on the lists now} */
  public long badRanges() {
    return counts.badRanges;
  }

  /** {@return the number of ranges found since it was opened} */
  public long found() {
    return counts.found;
  }

  /** {@return the number of ranges cleared since it was opened} */
  public long cleared() {
    return counts.cleared;
  }

  /** {@return the number of calls of the listener that ended in an exception} */
  public long listenerFailures() {
    return counts.listenerFailures;
  }

  /**
   * The verdict of the last scan for each watched path. A directory has the most severe verdict of
   * its files: BAD, then UNKNOWN, CLEAN and NOT_PMEM.
   *
   * @return the verdicts
   */
  public Map<Path, Verdict> verdicts() {
    return verdicts;
  }

  /** {@return when the last scan ended} */
  public Instant lastScan() {
    return lastScan;
  }

  /** {@return the status in one line, for messages} */
  @Override
  public String toString() {
    return (running ? "running" : "stopped")
        + ", lists "
        + lists
        + ", unwatched "
        + unwatched
        + ", "
        + counts
        + ", verdicts "
        + verdicts
        + " of "
        + lastScan;
  }
}
