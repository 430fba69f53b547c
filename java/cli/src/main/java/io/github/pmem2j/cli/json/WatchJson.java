package io.github.pmem2j.cli.json;

import java.util.List;

/** An event of {@code watch}. */
public record WatchJson(
    String time,
    String event,
    String device,
    List<RangeJson> ranges,
    List<File> files,
    Boolean complete,
    String path,
    String reason,
    ErrorJson error) {
  /** A watched file that a change affects. */
  public record File(String path, List<BadRangeJson> badRanges) {}

  /** Bad blocks that were found or cleared. */
  public static WatchJson change(
      String time,
      String event,
      String device,
      List<RangeJson> ranges,
      List<File> files,
      boolean complete) {
    return new WatchJson(time, event, device, ranges, files, complete, null, null, null);
  }

  /** A path that is not, or no longer, watched. */
  public static WatchJson unwatched(String time, String path, String reason) {
    return new WatchJson(time, "unwatched", null, null, null, null, path, reason, null);
  }

  /** The end of a watch that failed. */
  public static WatchJson failed(String time, ErrorJson error) {
    return new WatchJson(time, "failed", null, null, null, null, null, null, error);
  }
}
