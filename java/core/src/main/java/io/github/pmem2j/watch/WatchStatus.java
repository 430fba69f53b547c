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

  /**
   * Whether it reports changes.
   *
   * @return false after it was closed or has failed
   */
  public boolean running() {
    return running;
  }

  /**
   * The files of the kernel that it waits for.
   *
   * @return the lists of bad blocks
   */
  public List<Path> lists() {
    return lists;
  }

  /**
   * What it cannot watch.
   *
   * @return the gaps; empty if all changes are reported
   */
  public List<WatchGap> unwatched() {
    return unwatched;
  }

  /**
   * How many ranges are on the lists now.
   *
   * @return a count
   */
  public long badRanges() {
    return counts.badRanges;
  }

  /**
   * How many ranges have been found since it was opened.
   *
   * @return a count
   */
  public long found() {
    return counts.found;
  }

  /**
   * How many ranges have been cleared since it was opened.
   *
   * @return a count
   */
  public long cleared() {
    return counts.cleared;
  }

  /**
   * How many calls of the listener ended in an exception.
   *
   * @return a count
   */
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

  /**
   * When the last scan ended.
   *
   * @return a time
   */
  public Instant lastScan() {
    return lastScan;
  }

  /**
   * For messages.
   *
   * @return the status in one line
   */
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
