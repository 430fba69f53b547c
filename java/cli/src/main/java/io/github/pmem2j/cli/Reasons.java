package io.github.pmem2j.cli;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.cli.json.ReasonJson;
import java.nio.file.Path;
import java.util.List;

/** Why there may be more bad blocks of a file than are known. */
final class Reasons {
  private Reasons() {}

  /** The reasons, with the file's name as it was given. */
  static List<ReasonJson> of(List<IncompleteReason> reasons, Path path) {
    return reasons.stream()
        .map(r -> new ReasonJson(r.code().name(), PathConverter.inMessage(r.message(), path)))
        .toList();
  }
}
