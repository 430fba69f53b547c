package io.github.pmem2j.cli;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.ListJson;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.ReasonJson;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code list PATH…}: the bad blocks of each path, as libpmem2 reports them. Changes nothing. */
@Command(
    name = "list",
    description = {
      "Lists the bad blocks of files and dax devices, as libpmem2 reports them. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 2 if any path failed, else 1 if any has bad blocks, else 3 if libpmem2"
          + " found no persistent memory below one of them, or there may be errors that it does not"
          + " report, else 0.",
      "",
      "Examples:",
      "  pmem2j list /mnt/pmem/*.db /dev/dax0.0",
      "  pmem2j list --json /mnt/pmem/orders.db"
    })
final class ListCommand extends PmemCommand {
  @Parameters(paramLabel = "PATH", arity = "1..*", description = "A regular file or a dax device.")
  private List<Path> paths;

  @Mixin private TrustedLists lists;

  @Override
  void run() {
    for (Path path : paths) {
      list(path);
    }
  }

  private void list(Path path) {
    boolean matched;
    List<ByteRange> blocks;
    List<ReasonJson> reasons = List.of();
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.openReadOnly(path)) {
      blocks = badBlocks.remaining();
      matched = badBlocks.deviceMatched();
      if (matched) {
        reasons = UnseenErrors.of(lists.scanner().scanFile(path), RangeSet.copyOf(blocks));
      }
    } catch (IOException e) {
      fail(path, e, ListJson::failed);
      return;
    }
    List<RangeJson> ranges = RangeJson.of(blocks);
    if (json()) {
      print(
          new ListJson(
              PathConverter.text(path), matched, ranges, reasons.isEmpty() ? null : reasons, null));
    } else if (matched) {
      Losses.printBadBlocks(out(), path, ranges, RangeSet.copyOf(blocks).total());
      UnseenErrors.print(out(), reasons);
    } else {
      Limits.printUnmatched(out(), path);
    }
    end(matched && reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
    end(blocks.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
  }
}
