package io.github.pmem2j.cli.json;

import io.github.pmem2j.ErrorSource;
import java.util.List;

/** The source of the errors of a device; how often it was scrubbed, if known. */
public record SourceJson(String device, String kind, Integer scrubs, Boolean scrubbing) {
  /** The same for JSON. */
  public static SourceJson of(ErrorSource source) {
    boolean scrubbed = source.kind() == ErrorSource.Kind.SCRUBBED;
    return new SourceJson(
        source.device(),
        source.kind().name(),
        scrubbed ? source.scrubs() : null,
        scrubbed ? source.scrubbing() : null);
  }

  /** The same for JSON. */
  public static List<SourceJson> of(List<ErrorSource> sources) {
    return sources.stream().map(SourceJson::of).toList();
  }
}
