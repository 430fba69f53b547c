package io.github.pmem2j.cli;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.RepairJson;
import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code repair FILE --from REPLICA}: clears bad blocks and restores what they held. */
@Command(
    name = "repair",
    description = {
      "Destroys what is left in the bad blocks of a file, and restores their bytes from another copy"
          + " of it, or as zeros. Bytes around an error that can still be read are kept: of a page of"
          + " a DAX file, only if this user can read the block device. A journal beside the file"
          + " says what is missing until it is restored. Shows its plan, and asks."
    },
    footer = {
      "",
      "Exit code: 2 if anything failed or was refused, else 1 if bad blocks were found and only"
          + " shown (--dry-run, or the answer was no), else 3 if there may be more than could be"
          + " found, else 0.",
      "",
      "Examples:",
      "  pmem2j repair --dry-run /mnt/pmem/orders.db",
      "  pmem2j repair --from /backup/orders.db /mnt/pmem/orders.db"
    })
final class RepairCommand extends DestructiveCommand {
  /** Where the lost bytes come from. */
  private static final class Source {
    @Option(
        names = "--from",
        paramLabel = "REPLICA",
        description = "Another copy of the same state of the file, of the same size.")
    private Path replica;

    @Option(names = "--zero", description = "There is no other copy: put zeros in their place.")
    private boolean zero;

    private RangeRestorer restorer() {
      return zero ? RangeRestorer.zeros() : RangeRestorer.from(replica);
    }
  }

  @Parameters(paramLabel = "FILE", description = "A regular file or dax device.")
  private Path path;

  @ArgGroup(exclusive = true)
  private Source source;

  @Option(
      names = "--journal",
      paramLabel = "DIR",
      description =
          "Keep the journal in this directory instead of beside the file; that of a dax"
              + " device is in /var/lib/pmem2j.")
  private Path journal;

  @Option(
      names = "--shared",
      description = "Repair also what the file shares with others, which keep the bad blocks.")
  private boolean shared;

  @Override
  void run() {
    checkOptions();
    if (source == null && !dryRun()) {
      throw usage(
          "name another copy of the file with --from, or accept zeros in place of lost data with"
              + " --zero");
    }
    try {
      repair();
    } catch (IOException e) {
      fail(path, e, RepairJson::failed);
    }
  }

  private void repair() throws IOException {
    BadBlockRepair repair = BadBlockRepair.of(path);
    repair = journal == null ? repair : repair.withJournalIn(journal);
    repair = shared ? repair.withShared() : repair;
    RangeRestorer restorer = source == null ? RangeRestorer.zeros() : source.restorer();
    RepairPlan plan = repair.plan(restorer);
    if (!json()) {
      show(plan);
    }
    boolean bad = !plan.ranges().isEmpty() || !plan.refused().isEmpty();
    boolean nothing = !bad && !Files.exists(plan.journal());
    if (dryRun() || nothing || !(plan.ranges().isEmpty() || agreed("to clear and restore them"))) {
      if (json()) {
        print(line(plan));
      }
      end(bad ? ExitCode.BAD_BLOCKS : ExitCode.OK);
      endUnlessComplete(plan.reasons());
      return;
    }
    checkShown(path);
    RepairResult result;
    try (ProgressLine progress = ProgressLine.ofBytes(err(), "repair")) {
      result = repair.run(source.zero ? zeros(lost(plan)) : restorer, progress);
    }
    if (json()) {
      print(line(result));
    } else {
      result.ranges().forEach(this::show);
    }
    end(result.finished() ? ExitCode.OK : ExitCode.ERROR);
    endUnlessComplete(result.reasons());
  }

  private void endUnlessComplete(List<IncompleteReason> reasons) {
    if (!reasons.isEmpty()) {
      end(ExitCode.UNKNOWN);
    }
  }

  private RepairJson line(RepairPlan plan) {
    return new RepairJson(
        PathConverter.text(path),
        PathConverter.text(plan.journal()),
        plan.verdict().name(),
        plan.ranges().stream().map(RepairJson.Planned::of).toList(),
        plan.refused().stream().map(RepairJson.Repaired::of).toList(),
        Reasons.of(plan.reasons(), path),
        null);
  }

  private RepairJson line(RepairResult result) {
    return new RepairJson(
        PathConverter.text(path),
        null,
        null,
        null,
        result.ranges().stream().map(RepairJson.Repaired::of).toList(),
        Reasons.of(result.reasons(), path),
        null);
  }

  private void show(RepairPlan plan) {
    if (plan.verdict() == Verdict.NOT_PMEM) {
      out()
          .println(
              Text.path(path) + ": not on persistent memory: nothing is known of errors there");
    }
    long bytes = plan.ranges().stream().mapToLong(planned -> planned.blocks().length()).sum();
    out().println(Text.path(path) + ": to be cleared: " + Text.bytes(bytes));
    for (RepairPlan.Planned planned : plan.ranges()) {
      out()
          .println(
              "  "
                  + Text.range(RangeJson.of(planned.blocks()))
                  + (planned.unfinished() ? " (unfinished by an interrupted repair)" : ""));
      out().println("    " + Text.bytes(planned.saved()) + " can be kept");
      for (RangeJson lost : RangeJson.of(planned.lost())) {
        out().println("    lost: " + Text.range(lost));
      }
    }
    plan.refused().forEach(this::show);
    UnseenErrors.print(out(), Reasons.of(plan.reasons(), path));
    if (!plan.ranges().isEmpty()) {
      out().println("Journal: " + Text.path(plan.journal()));
    }
    out().flush();
  }

  private void show(RepairedRange range) {
    out().println(RepairText.of(range, source != null && source.zero));
  }
}
