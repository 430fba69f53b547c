package io.github.pmem2j.cli;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.cli.json.SourceJson;

/** Describes the source of the errors of a device. */
final class Sources {
  private Sources() {}

  static String text(SourceJson source) {
    return switch (ErrorSource.Kind.valueOf(source.kind())) {
      case SCRUBBED ->
          "scrubbed "
              + Text.count(source.scrubs(), "time")
              + (source.scrubbing() ? ", a scrub is running" : "");
      case MACHINE_CHECKS -> "not scrubbed, errors listed once consumed";
      case DEVICE_LIST -> "errors listed by the CXL device";
      case NOBODY -> "nothing looks for errors";
      case TRUSTED -> "its list is trusted, as --trust-lists says";
    };
  }
}
