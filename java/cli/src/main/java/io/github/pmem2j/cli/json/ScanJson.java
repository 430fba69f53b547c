package io.github.pmem2j.cli.json;

import java.util.List;

/** One path of {@code scan}: with a verdict, or with an error. */
public record ScanJson(
    String path,
    String verdict,
    Boolean complete,
    List<ReasonJson> reasons,
    String device,
    List<SourceJson> sources,
    List<BadRangeJson> badRanges,
    ErrorJson error) {
  /** A path that could not be scanned. */
  public static ScanJson failed(String path, ErrorJson error) {
    return new ScanJson(path, null, null, null, null, null, null, error);
  }
}
