package io.github.pmem2j.cli.json;

import java.util.List;

/** One path of {@code verify}: with its size and what is bad, or with an error. */
public record VerifyJson(
    String path,
    Long size,
    String readFrom,
    List<RangeJson> lost,
    List<RangeJson> unreadable,
    List<ReasonJson> reasons,
    ErrorJson error) {
  /** A path that could not be read. */
  public static VerifyJson failed(String path, ErrorJson error) {
    return new VerifyJson(path, null, null, null, null, null, error);
  }
}
