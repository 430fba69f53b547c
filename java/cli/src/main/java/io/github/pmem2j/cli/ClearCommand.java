package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlock;
import io.github.pmem2j.Pmem2BadBlocks;
import io.github.pmem2j.Pmem2Source;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code clear PATH}: zeroes its bad blocks, or a part of one, after asking. */
@Command(
    name = "clear",
    description = {
      "Zeroes the bad blocks of a file or dax device. Every byte in them is lost for good, also"
          + " those that could still be read, and no note of it is kept. Shows what would be"
          + " zeroed, and asks."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 0 if what was asked for has been cleared or nothing was bad; 1 if bad blocks were"
          + " found and left (--dry-run, or the answer was no), or are still bad; 2 if anything"
          + " failed or was refused; 3 if libpmem2 found no persistent memory.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar clear --dry-run /mnt/pmem/orders.db",
      "  java -jar pmem2j.jar clear --yes /mnt/pmem/orders.db",
      "  java -jar pmem2j.jar clear --offset 8192 --length 4096 /mnt/pmem/orders.db"
    })
final class ClearCommand implements Callable<Integer> {
  private static final String LOSS =
      "Every byte there is lost for good, also those that could still be read. No note is kept:"
          + " afterwards nothing says that data is missing. Save this list until it is restored.";

  private static final String YES = "yes";

  /** A part of what is bad. */
  private static final class Part {
    @Option(
        names = "--offset",
        paramLabel = "N",
        required = true,
        description = "Clear only from this byte on; with --length.")
    private long offset;

    @Option(
        names = "--length",
        paramLabel = "N",
        required = true,
        description =
            "Clear only so many bytes. All of them must be bad, and the ends aligned to the file"
                + " system's block (512 bytes on a dax device) or ends of a bad block.")
    private long length;
  }

  /**
   * The outcome as JSON has it: badBlocks are those that are there now, inDoubt what was being
   * cleared when that failed, and may be zeros. Components that make no sense for an outcome are
   * null.
   */
  private record Line(
      String path,
      Boolean deviceMatched,
      List<BadBlock> wouldClear,
      List<BadBlock> cleared,
      BadBlock inDoubt,
      List<BadBlock> badBlocks,
      Failure error) {}

  @Parameters(paramLabel = "PATH", description = "A regular file or a dax device.")
  private Path path;

  @ArgGroup(exclusive = false)
  private Part part;

  @Option(names = "--yes", description = "Do not ask; for scripts.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Only show what would be zeroed.")
  private boolean dryRun;

  @Option(
      names = "--json",
      description = "Print one JSON object, on one line; needs --yes or --dry-run.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final List<BadBlock> cleared = new ArrayList<>();

  /** What is being cleared. */
  private BadBlock inDoubt;

  @Override
  public Integer call() {
    if (json && !yes && !dryRun) {
      throw new ParameterException(
          spec.commandLine(), "--json does not ask: add --yes or --dry-run");
    }
    BadBlock wanted = wanted();
    OpenOption[] access =
        dryRun
            ? new OpenOption[] {StandardOpenOption.READ}
            : new OpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE};
    try (Pmem2Source source = Pmem2Source.open(path, access);
        Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
      return clear(source, badBlocks, wanted);
    } catch (IOException
        | ClearPlan.RefusedException
        | IllegalArgumentException
        | IllegalStateException e) {
      if (!(e instanceof IOException)) {
        inDoubt = null; // It was refused.
      }
      Failure failure = Failure.of(e, path);
      if (json) {
        printJson(null, null, cleared.isEmpty() ? null : cleared, null, failure);
      } else {
        Errors.print(spec, failure, e);
        if (inDoubt != null) {
          spec.commandLine()
              .getErr()
              .println(
                  "  The %d bytes at %d may be zeros now, and not be listed any more."
                      .formatted(inDoubt.length(), inDoubt.offset()));
        }
      }
      return ExitCode.ERROR;
    }
  }

  private BadBlock wanted() {
    try {
      return part == null ? null : new BadBlock(part.offset, part.length);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int clear(Pmem2Source source, Pmem2BadBlocks badBlocks, BadBlock wanted)
      throws IOException, ClearPlan.RefusedException {
    List<BadBlock> blocks = badBlocks.remaining();
    if (!badBlocks.deviceMatched()) {
      if (json) {
        printJson(false, null, List.of(), List.of(), null);
      } else {
        Limits.printUnmatched(out(), path);
        out().println("  Nothing was cleared.");
      }
      return ExitCode.UNKNOWN;
    }
    List<BadBlock> plan = ClearPlan.of(path, blocks, wanted);
    if (!json) {
      show(plan);
    }
    if (plan.isEmpty() || dryRun || !agreed()) {
      if (json) {
        printJson(true, plan, List.of(), blocks, null);
      } else {
        out().println("Nothing was cleared.");
      }
      return plan.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS;
    }
    if (!json && out().checkError()) {
      throw new IOException(
          path
              + ": the list could not be written out, so nothing was cleared: give the output room");
    }
    for (BadBlock block : plan) {
      inDoubt = block;
      badBlocks.clear(block);
      inDoubt = null;
      cleared.add(block);
      if (!json) {
        out().println("Cleared " + Text.bytes(block.length()) + " at " + block.offset() + ".");
      }
    }
    return verify(source, plan);
  }

  private void show(List<BadBlock> plan) {
    if (plan.isEmpty()) {
      Ranges.print(out(), path, plan);
      return;
    }
    out()
        .println(
            (dryRun ? "Would be zeroed in " : "To be zeroed in ")
                + Text.path(path)
                + ": "
                + Text.bytes(Ranges.total(plan)));
    Ranges.printTable(out(), plan);
    out().println(LOSS);
    out().flush();
  }

  /** Asks, unless --yes has answered. */
  private boolean agreed() throws ClearPlan.RefusedException {
    if (yes) {
      return true;
    }
    Console console = System.console();
    if (console == null) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no terminal to ask on, so nothing was cleared: add --yes or --dry-run");
    }
    return YES.equals(console.readLine("Type %s to zero them: ", YES));
  }

  /** Lists again: what is left, and whether clearing was of use. */
  private int verify(Pmem2Source source, List<BadBlock> plan) throws IOException {
    List<BadBlock> left;
    try (Pmem2BadBlocks now = Pmem2BadBlocks.open(source)) {
      left = now.remaining();
    }
    if (json) {
      printJson(true, null, cleared, left, null);
    } else {
      out().print("Now ");
      Ranges.print(out(), path, left);
    }
    boolean useless = left.stream().anyMatch(block -> Ranges.overlap(block, plan));
    return useless || (part == null && !left.isEmpty()) ? ExitCode.BAD_BLOCKS : ExitCode.OK;
  }

  private void printJson(
      Boolean matched,
      List<BadBlock> wouldClear,
      List<BadBlock> clearedNow,
      List<BadBlock> badBlocks,
      Failure error) {
    String line =
        Json.line(
            new Line(
                PathConverter.text(path),
                matched,
                wouldClear,
                clearedNow,
                inDoubt,
                badBlocks,
                error));
    out().println(line);
    if ((!cleared.isEmpty() || inDoubt != null) && out().checkError()) {
      spec.commandLine().getErr().println(line); // or nobody knew what was zeroed
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
