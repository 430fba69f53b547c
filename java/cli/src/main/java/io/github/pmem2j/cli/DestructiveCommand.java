package io.github.pmem2j.cli;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.Json;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairPlan;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The base of commands that change a file in place: they show their plan and ask. */
abstract class DestructiveCommand extends PmemCommand {
  private static final String YES = "yes";

  @Option(names = "--yes", description = "Do not ask; for scripts.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Only show what would be done.")
  private boolean dryRun;

  final boolean dryRun() {
    return dryRun;
  }

  /** Refuses to ask in the middle of JSON. */
  final void checkOptions() {
    if (json() && !yes && !dryRun) {
      throw usage("--json does not ask: add --yes or --dry-run");
    }
  }

  /**
   * Asks, unless --yes was given.
   *
   * @param purpose what the answer permits: "to zero them"
   */
  final boolean agreed(String purpose) {
    if (yes) {
      return true;
    }
    if (!Terminal.canAsk()) {
      throw usage("there is no terminal to ask on, so nothing was done: add --yes or --dry-run");
    }
    return YES.equals(Terminal.ask("Type " + YES + " " + purpose + ": "));
  }

  /**
   * Prints a line to standard error, too, if standard output fails: the record of what was
   * destroyed must not be lost.
   */
  @Override
  final void print(Record line) {
    super.print(line);
    if (out().checkError()) {
      err().println(Json.line(line));
    }
  }

  /** The bytes that a plan shows as lost. */
  static RangeSet lost(RepairPlan plan) {
    RangeSet.Builder lost = RangeSet.builder();
    plan.ranges().forEach(planned -> lost.addAll(planned.lost()));
    return lost.build();
  }

  /** Restores zeros where the user has accepted them: not in what is lost since the plan. */
  static RangeRestorer zeros(RangeSet shown) {
    return (range, target) -> {
      if (!shown.contains(range)) {
        throw new IOException("more of it is lost than was shown: run the command again");
      }
      RangeRestorer.zeros().restore(range, target);
    };
  }

  /** Stops before anything is destroyed if the plan could not be written. */
  final void checkShown(Path path) throws IOException {
    if (!json() && out().checkError()) {
      throw new IOException(
          path
              + ": could not write out the list, so nothing was done: check where the output goes");
    }
  }
}
