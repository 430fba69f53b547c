package io.github.pmem2j.cli.json;

import java.util.List;

/** The outcome of {@code salvage}: the source's size and what is lost, or an error. */
public record SalvageJson(
    String path,
    Long size,
    List<RangeJson> lost,
    String finishedBefore,
    List<ReasonJson> reasons,
    ErrorJson error) {
  /** A file that could not be copied. */
  public static SalvageJson failed(String path, ErrorJson error) {
    return new SalvageJson(path, null, null, null, null, error);
  }
}
