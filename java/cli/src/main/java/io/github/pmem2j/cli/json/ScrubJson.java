package io.github.pmem2j.cli.json;

import java.util.List;

/** One path of {@code scrub}: a scrub that runs or has ended, or an error. */
public record ScrubJson(
    String path,
    List<String> buses,
    Integer scrubs,
    Boolean running,
    List<String> notScrubbed,
    List<Found> found,
    ErrorJson error) {
  /** New bad blocks of a device. */
  public record Found(String device, List<RangeJson> ranges, boolean complete) {}

  /** A path whose scrub failed. */
  public static ScrubJson failed(String path, ErrorJson error) {
    return new ScrubJson(path, null, null, null, null, null, error);
  }
}
