package io.github.pmem2j.cli.json;

import java.util.List;

/** One path of {@code list}: with its bad blocks, or with an error. */
public record ListJson(
    String path,
    Boolean deviceMatched,
    List<RangeJson> badBlocks,
    List<ReasonJson> reasons,
    ErrorJson error) {
  /** A path whose bad blocks could not be listed. */
  public static ListJson failed(String path, ErrorJson error) {
    return new ListJson(path, null, null, null, error);
  }
}
