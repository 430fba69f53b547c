package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.ClearJson;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.ReasonJson;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Clears a file whose device lists its own errors, as CXL devices do. libpmem2 does not know that
 * list, so this is a repair with zeros.
 */
final class PoisonClear {
  private static final String LOSS =
      "These bytes are lost and become zeros; all others are kept. Nothing records the loss: keep"
          + " this list until the data is restored.";

  private final ClearCommand command;
  private final Path path;
  private final BadBlockScanner scanner;

  PoisonClear(ClearCommand command, Path path, BadBlockScanner scanner) {
    this.command = command;
    this.path = path;
    this.scanner = scanner;
  }

  /** Whether a file with this report must be cleared in this way. */
  static boolean appliesTo(BadBlockReport report) {
    return report.sources().stream().anyMatch(s -> s.kind() == ErrorSource.Kind.DEVICE_LIST);
  }

  /**
   * Shows the plan, asks and clears.
   *
   * @param part whether only a part is to be cleared
   */
  void run(boolean part) throws IOException, ClearPlan.RefusedException {
    if (part) {
      throw new ClearPlan.RefusedException(
          path
              + " is on a device that lists its own errors, which are cleared together: leave out"
              + " --offset and --length");
    }
    BadBlockRepair repair = BadBlockRepair.of(path);
    RepairPlan plan = repair.plan();
    if (Files.exists(plan.journal())
        || plan.ranges().stream().anyMatch(RepairPlan.Planned::unfinished)) {
      throw new ClearPlan.RefusedException(
          path
              + " has an unfinished repair, whose journal is "
              + plan.journal()
              + ": finish it with \"pmem2j repair\"");
    }
    RangeSet lost = DestructiveCommand.lost(plan);
    if (!command.json()) {
      show(plan, lost);
    }
    if (plan.ranges().isEmpty() || command.dryRun() || !command.agreed("to zero them")) {
      left(plan, lost);
      return;
    }
    command.checkShown(path);
    RepairResult result;
    try (ProgressLine progress = ProgressLine.ofBytes(command.err(), "clear")) {
      result = repair.run(DestructiveCommand.zeros(lost), progress);
    }
    report(result, lost);
  }

  private void show(RepairPlan plan, RangeSet lost) {
    if (plan.ranges().isEmpty() && plan.refused().isEmpty()) {
      Losses.printBadBlocks(command.out(), path, List.of(), 0);
    } else {
      command.show(RangeJson.of(lost), lost.total(), LOSS);
    }
    plan.refused().forEach(range -> command.out().println(RepairText.of(range, true)));
    UnseenErrors.print(command.out(), Reasons.of(plan.reasons(), path));
    command.out().flush();
  }

  /** Ends without a change. */
  private void left(RepairPlan plan, RangeSet lost) {
    List<ReasonJson> reasons = Reasons.of(plan.reasons(), path);
    boolean bad = !plan.ranges().isEmpty() || !plan.refused().isEmpty();
    if (command.json()) {
      RangeSet.Builder blocks = RangeSet.builder();
      plan.ranges().forEach(planned -> blocks.add(planned.blocks()));
      plan.refused().forEach(range -> blocks.add(range.blocks()));
      command.print(
          ClearJson.builder(PathConverter.text(path))
              .wouldClear(lost)
              .cleared(RangeSet.empty())
              .ranges(plan.refused())
              .badBlocks(blocks.build())
              .reasons(reasons)
              .build());
    } else {
      command.out().println("Nothing was cleared.");
    }
    if (!plan.refused().isEmpty() && !command.dryRun()) {
      command.end(ExitCode.ERROR);
    }
    command.end(bad ? ExitCode.BAD_BLOCKS : ExitCode.OK);
    command.end(reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
  }

  private void report(RepairResult result, RangeSet lost) throws IOException {
    RangeSet.Builder restored = RangeSet.builder();
    for (RepairedRange range : result.ranges()) {
      if (range.outcome() == Outcome.RESTORED) {
        restored.add(range.blocks());
      }
      if (!command.json()) {
        command.out().println(RepairText.of(range, true));
      }
    }
    BadBlockReport now = scanner.scanFile(path);
    RangeSet.Builder bad = RangeSet.builder();
    for (BadRange range : now.badRanges()) {
      if (range.kind() != BadRange.Kind.ZEROED) {
        bad.add(range.range());
      }
    }
    RangeSet left = bad.build();
    List<ReasonJson> reasons = Reasons.of(now.reasons(), path);
    if (command.json()) {
      command.print(
          ClearJson.builder(PathConverter.text(path))
              .cleared(lost.intersect(restored.build()))
              .ranges(result.ranges())
              .badBlocks(left)
              .reasons(reasons)
              .build());
    } else {
      command.out().print("Now ");
      Losses.printBadBlocks(command.out(), path, RangeJson.of(left), left.total());
      UnseenErrors.print(command.out(), reasons);
    }
    command.end(result.finished() ? ExitCode.OK : ExitCode.ERROR);
    command.end(left.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
    command.end(reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
  }
}
