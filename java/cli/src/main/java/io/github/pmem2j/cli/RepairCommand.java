package io.github.pmem2j.cli;

import io.github.pmem2j.repair.BadBlockRepair;
import io.github.pmem2j.repair.RangeRestorer;
import io.github.pmem2j.repair.RepairPlan;
import io.github.pmem2j.repair.RepairResult;
import io.github.pmem2j.repair.RepairedRange;
import io.github.pmem2j.repair.RepairedRange.Outcome;
import io.github.pmem2j.scan.Range;
import io.github.pmem2j.scan.Reason;
import io.github.pmem2j.scan.Verdict;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code repair FILE --from REPLICA}: clears bad blocks and restores what they held. */
@Command(
    name = "repair",
    description = {
      "Destroys what is left in the bad blocks of a file, and restores their bytes from another copy"
          + " of it, or as zeros. Bytes around an error that can still be read are kept. A journal"
          + " beside the file says what is missing until it is restored. Shows its plan, and asks."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 1 if bad blocks were found and only shown (--dry-run, or the answer was no), 2 if"
          + " anything failed or was refused, else 3 if there may be more than could be told, else"
          + " 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar repair --dry-run /mnt/pmem/orders.db",
      "  java -jar pmem2j.jar repair --from /backup/orders.db /mnt/pmem/orders.db"
    })
final class RepairCommand implements Callable<Integer> {
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

  /** The outcome as JSON has it; components that make no sense for an outcome are null. */
  private record Line(
      String path,
      String journal,
      Verdict verdict,
      List<RepairPlan.Planned> planned,
      List<RepairedRange> ranges,
      List<Reason> reasons,
      Failure error) {}

  private static final String YES = "yes";

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

  @Option(names = "--dry-run", description = "Only show the plan.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Do not ask; for scripts.")
  private boolean yes;

  @Option(
      names = "--json",
      description = "Print one JSON object, on one line; needs --yes or --dry-run.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (json && !yes && !dryRun) {
      throw new ParameterException(
          spec.commandLine(), "--json does not ask: add --yes or --dry-run");
    }
    if (source == null && !dryRun) {
      throw new ParameterException(
          spec.commandLine(),
          "name another copy of the file with --from, or say --zero if zeros are wanted where data"
              + " is lost");
    }
    try {
      return repair();
    } catch (IOException e) {
      return failed(Failure.of(e, path), e);
    }
  }

  private int failed(Failure failure, Exception cause) {
    if (json) {
      out().println(Json.line(new Line(name(), null, null, null, null, null, failure)));
    } else {
      Errors.print(spec, failure, cause);
    }
    return ExitCode.ERROR;
  }

  private int repair() throws IOException {
    BadBlockRepair repair = BadBlockRepair.of(path);
    repair = journal == null ? repair : repair.journalIn(journal);
    repair = shared ? repair.allowShared() : repair;
    RangeRestorer restorer = source == null ? RangeRestorer.zeros() : source.restorer();
    RepairPlan plan = repair.plan(restorer);
    if (!json) {
      show(plan);
    }
    boolean nothing =
        plan.ranges().isEmpty() && plan.refused().isEmpty() && !Files.exists(plan.journal());
    if (dryRun || nothing || !agreed(plan)) {
      if (json) {
        out()
            .println(
                Json.line(
                    new Line(
                        name(),
                        PathConverter.text(plan.journal()),
                        plan.verdict(),
                        plan.ranges(),
                        plan.refused(),
                        plan.reasons(),
                        null)));
      }
      boolean bad = !plan.ranges().isEmpty() || !plan.refused().isEmpty();
      return bad ? ExitCode.BAD_BLOCKS : unlessMore(plan.reasons());
    }
    if (!json && out().checkError()) {
      throw new IOException(
          path
              + ": the plan could not be written out, so nothing was repaired: give the output"
              + " room");
    }
    RepairResult result = repair.run(restorer);
    if (json) {
      out()
          .println(
              Json.line(
                  new Line(name(), null, null, null, result.ranges(), result.reasons(), null)));
    } else {
      result.ranges().forEach(this::show);
    }
    return result.finished() ? unlessMore(result.reasons()) : ExitCode.ERROR;
  }

  private static int unlessMore(List<Reason> reasons) {
    return reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN;
  }

  private void show(RepairPlan plan) {
    if (plan.verdict() == Verdict.NOT_PMEM) {
      out()
          .println(
              Text.path(path) + ": not on persistent memory: nothing is known of errors there");
    }
    List<Range> blocks = plan.ranges().stream().map(RepairPlan.Planned::blocks).toList();
    out().println(Text.path(path) + ": to be cleared: " + Text.bytes(LostRanges.total(blocks)));
    for (RepairPlan.Planned planned : plan.ranges()) {
      out()
          .printf(
              "  %d+%d%s%n",
              planned.blocks().offset(),
              planned.blocks().length(),
              planned.unfinished() ? " (begun by a repair that was interrupted)" : "");
      out().printf("    %s can be kept%n", Text.bytes(planned.saved()));
      planned.lost().forEach(r -> out().printf("    lost: %d+%d%n", r.offset(), r.length()));
    }
    plan.refused().forEach(this::show);
    plan.reasons()
        .forEach(r -> out().println("  there may be more: " + Text.printable(r.message())));
    if (!plan.ranges().isEmpty()) {
      out().println("Journal: " + Text.path(plan.journal()));
    }
    out().flush();
  }

  private void show(RepairedRange range) {
    out()
        .println(
            range.blocks().offset()
                + "+"
                + range.blocks().length()
                + ": "
                + word(range.outcome())
                + (range.message().isEmpty() ? "" : ": " + Text.printable(range.message())));
  }

  private String word(Outcome outcome) {
    return outcome == Outcome.RESTORED && source != null && source.zero
        ? "zeroed"
        : outcome.name().toLowerCase(Locale.ROOT);
  }

  /** Asks, unless --yes has answered. */
  private boolean agreed(RepairPlan plan) {
    if (yes || plan.ranges().isEmpty()) {
      return true;
    }
    Console console = System.console();
    if (console == null) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no terminal to ask on, so nothing was done: add --yes or --dry-run");
    }
    return YES.equals(console.readLine("Type %s to clear and restore them: ", YES));
  }

  private String name() {
    return PathConverter.text(path);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
