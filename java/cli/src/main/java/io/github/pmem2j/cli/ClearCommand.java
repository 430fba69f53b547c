package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.ClearJson;
import io.github.pmem2j.cli.json.ErrorJson;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.ReasonJson;
import io.github.pmem2j.libpmem2.ClearListener;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import io.github.pmem2j.libpmem2.Pmem2Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code clear PATH}: zeroes its bad blocks, or a part of one, after asking. */
@Command(
    name = "clear",
    description = {
      "Zeroes the bad blocks of a file or dax device. Every byte in them is lost, even those that"
          + " could still be read, and nothing records the loss. On CXL memory, whose devices list"
          + " the lost bytes themselves, only those become zeros. Shows what would be zeroed, and"
          + " asks."
    },
    footer = {
      "",
      "Exit code: 2 if anything failed or was refused, else 1 if bad blocks were found and left"
          + " (--dry-run, or the answer was no) or are still bad, else 3 if there may be"
          + " others, because libpmem2 found no persistent memory or nobody looks for errors there,"
          + " else 0.",
      "",
      "Examples:",
      "  pmem2j clear --dry-run /mnt/pmem/orders.db",
      "  pmem2j clear --yes /mnt/pmem/orders.db",
      "  pmem2j clear --offset 8192 --length 4096 /mnt/pmem/orders.db"
    })
final class ClearCommand extends DestructiveCommand {
  private static final String LOSS =
      "Every byte there is lost, even those that could still be read. Nothing records the loss:"
          + " keep this list until the data is restored.";

  private static final int MAX_ROUNDS = 16;

  /** A part of the bad blocks. */
  private static final class Part {
    @Option(
        names = "--offset",
        paramLabel = "N",
        required = true,
        converter = ByteCount.class,
        description = "Clear only from this byte on; with --length. N is 8192, 0x2000, or 8k.")
    private long offset;

    @Option(
        names = "--length",
        paramLabel = "N",
        required = true,
        converter = ByteCount.class,
        description =
            "Clear only this many bytes. All of them must be bad, and the ends aligned to the file"
                + " system's block (512 bytes on a dax device) or ends of a bad block.")
    private long length;
  }

  @Parameters(paramLabel = "PATH", description = "A regular file or a dax device.")
  private Path path;

  @ArgGroup(exclusive = false)
  private Part part;

  @Mixin private TrustedLists lists;

  private final List<ByteRange> cleared = new ArrayList<>();

  /** The range being cleared, or null. */
  private ByteRange inDoubt;

  @Override
  void run() {
    checkOptions();
    ByteRange wanted = wanted();
    OpenOption[] access =
        dryRun()
            ? new OpenOption[] {StandardOpenOption.READ}
            : new OpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE};
    try (Pmem2Source source = Pmem2Source.open(path, access)) {
      BadBlockReport scanned = lists.scanner().scanFile(path);
      if (PoisonClear.appliesTo(scanned)) {
        new PoisonClear(this, path, lists.scanner()).run(part != null);
        return;
      }
      try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.open(source)) {
        clear(source, badBlocks, wanted, scanned);
      }
    } catch (IOException
        | ClearPlan.RefusedException
        | IllegalArgumentException
        | IllegalStateException e) {
      if (!(e instanceof IOException)) {
        inDoubt = null; // A refusal changes nothing.
      }
      fail(path, e, this::failed);
      if (!json() && inDoubt != null) {
        String bytes = Text.count(inDoubt.length(), "byte") + " at " + inDoubt.offset();
        err().println("  The " + bytes + " may be zeros now, and are possibly no longer listed.");
      }
    }
  }

  private ByteRange wanted() {
    if (part != null && part.length == 0) {
      throw usage("--length 0: nothing would be cleared; give the number of bytes to clear");
    }
    try {
      return part == null ? null : new ByteRange(part.offset, part.length);
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private void clear(
      Pmem2Source source, Pmem2BadBlocks badBlocks, ByteRange wanted, BadBlockReport scanned)
      throws IOException, ClearPlan.RefusedException {
    List<ByteRange> blocks = badBlocks.remaining();
    if (!badBlocks.deviceMatched()) {
      if (json()) {
        print(line(false).cleared(List.of()).badBlocks(List.of()).build());
      } else {
        Limits.printUnmatched(out(), path);
        out().println("  Nothing was cleared.");
      }
      end(ExitCode.UNKNOWN);
      return;
    }
    List<ByteRange> plan = ClearPlan.of(path, badBlocks.clearUnit(), blocks, wanted);
    if (!json()) {
      show(plan);
    }
    if (plan.isEmpty() || dryRun() || !agreed("to zero them")) {
      List<ReasonJson> reasons = blocks.isEmpty() ? unseen(scanned) : List.of();
      if (json()) {
        print(
            line(true)
                .wouldClear(plan)
                .cleared(List.of())
                .badBlocks(blocks)
                .reasons(reasons)
                .build());
      } else {
        UnseenErrors.print(out(), reasons);
        out().println("Nothing was cleared.");
      }
      end(plan.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
      return;
    }
    checkShown(path);
    badBlocks.clear(plan, new Follower(false));
    report(plan, clearReplacements(source, RangeSet.copyOf(plan)));
  }

  /** Why there may be others although libpmem2 reports none; raises the exit code. */
  private List<ReasonJson> unseen(BadBlockReport scanned) {
    List<ReasonJson> reasons = UnseenErrors.of(scanned, RangeSet.empty());
    end(reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
    return reasons;
  }

  /** Records and prints the cleared ranges. */
  private final class Follower implements ClearListener {
    private final boolean again;

    Follower(boolean again) {
      this.again = again;
    }

    @Override
    public void clearing(ByteRange range) {
      inDoubt = range;
    }

    @Override
    public void cleared(ByteRange range) {
      inDoubt = null;
      if (!again) {
        cleared.add(range);
      }
      if (!json()) {
        String what = Text.bytes(range.length()) + " at " + range.offset();
        out().println("Cleared " + what + (again ? " again: its new block was bad." : "."));
      }
    }
  }

  /**
   * Clears new bad blocks in a regular file: the file system may replace a bad block with one that
   * it has just freed.
   *
   * @return the blocks that are still bad
   */
  private List<ByteRange> clearReplacements(Pmem2Source source, RangeSet plan) throws IOException {
    for (int round = 1; ; round++) {
      try (Pmem2BadBlocks now = Pmem2BadBlocks.open(source)) {
        List<ByteRange> left = now.remaining();
        RangeSet.Builder all = RangeSet.builder().keepTouching();
        left.forEach(all::add);
        List<ByteRange> again = all.build().intersect(plan).ranges();
        if (again.isEmpty() || round > MAX_ROUNDS || !Files.isRegularFile(path)) {
          return left;
        }
        now.clear(again, new Follower(true));
      }
    }
  }

  private void show(List<ByteRange> plan) {
    if (plan.isEmpty()) {
      Losses.printBadBlocks(out(), path, List.of(), 0);
      return;
    }
    show(RangeJson.of(plan), RangeSet.copyOf(plan).total(), LOSS);
    out().flush();
  }

  /** Shows what would be zeroed, and what that means. */
  void show(List<RangeJson> ranges, long total, String loss) {
    out()
        .println(
            (dryRun() ? "Would be zeroed in " : "To be zeroed in ")
                + Text.path(path)
                + ": "
                + Text.bytes(total));
    Table.ranges(out(), ranges);
    out().println(loss);
  }

  private ClearJson failed(String name, ErrorJson error) {
    ClearJson.Builder line = ClearJson.builder(name);
    if (!cleared.isEmpty()) {
      line.cleared(cleared);
    }
    if (inDoubt != null) {
      line.inDoubt(inDoubt);
    }
    return line.failed(error);
  }

  /** Reports the remaining bad blocks, and whether clearing helped. */
  private void report(List<ByteRange> plan, List<ByteRange> left) throws IOException {
    List<ReasonJson> reasons = left.isEmpty() ? unseen(lists.scanner().scanFile(path)) : List.of();
    if (json()) {
      print(line(true).cleared(cleared).badBlocks(left).reasons(reasons).build());
    } else {
      out().print("Now ");
      Losses.printBadBlocks(out(), path, RangeJson.of(left), RangeSet.copyOf(left).total());
      UnseenErrors.print(out(), reasons);
    }
    boolean useless = left.stream().anyMatch(RangeSet.copyOf(plan)::intersects);
    if (useless && !json()) {
      out()
          .println(
              "  The file system or the device does not replace them with good blocks: repair"
                  + " from a copy"
                  + " with \"pmem2j repair\", or move the file to other storage.");
    }
    if (useless || (part == null && !left.isEmpty())) {
      end(ExitCode.BAD_BLOCKS);
    }
  }

  private ClearJson.Builder line(boolean matched) {
    return ClearJson.builder(PathConverter.text(path)).deviceMatched(matched);
  }
}
