package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import java.util.Locale;

/** The outcome of a repair for a range, as text for a person. */
final class RepairText {
  private RepairText() {}

  /**
   * A line.
   *
   * @param zeros whether its lost bytes were restored as zeros
   */
  static String of(RepairedRange range, boolean zeros) {
    String outcome =
        range.outcome() == Outcome.RESTORED && zeros
            ? "zeroed"
            : range.outcome().name().toLowerCase(Locale.ROOT);
    return Text.range(RangeJson.of(range.blocks()))
        + ": "
        + outcome
        + (range.message().isEmpty() ? "" : ": " + Text.printable(range.message()));
  }
}
