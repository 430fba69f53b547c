package io.github.pmem2j.cli.json;

import java.util.List;

/** One device of {@code status}, or a path for which there is none. */
public record StatusJson(
    String device,
    String stack,
    String mode,
    Long size,
    SourceJson source,
    List<String> uses,
    Boolean complete,
    List<ReasonJson> reasons,
    List<Range> badRanges,
    List<Unmapped> unmapped,
    String path,
    ErrorJson error) {
  /** A bad range of the device. */
  public record Range(long offset, long length, List<Owner> owners) {}

  /** The use of a bad range; range and path are null if there are none. */
  public record Owner(String kind, String path, Long offset, Long length, String detail) {}

  /** Poison in a CXL device that is in no region. */
  public record Unmapped(String memdev, long address, long length) {}

  /** What failed. */
  public static StatusJson failed(String path, ErrorJson error) {
    return new StatusJson(null, null, null, null, null, null, null, null, null, null, path, error);
  }
}
