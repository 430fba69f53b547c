package io.github.pmem2j.cli;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.SalvageJson;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.repair.SalvageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code salvage SRC DST}: copies what can be read. */
@Command(
    name = "salvage",
    description = {
      "Copies everything in a file that can be read; what is lost becomes a hole in the copy,"
          + " and holes stay holes. A page of a DAX file is lost as a whole unless this user can read"
          + " the block device. Another run continues an interrupted one and retries what was lost."
          + " The map is GNU ddrescue's mapfile."
    },
    footer = {
      "",
      "Exit code: 2 if it failed, else 1 if anything is lost, else 3 if an interrupted repair"
          + " may have"
          + " left zeros, else 0.",
      "",
      "Examples:",
      "  pmem2j salvage /mnt/pmem/orders.db /backup/orders.db",
      "  ddrescuelog --list-blocks=- /backup/orders.db.map"
    })
final class SalvageCommand extends PmemCommand {
  @Parameters(index = "0", paramLabel = "SRC", description = "A regular file or block device.")
  private Path source;

  @Parameters(
      index = "1",
      paramLabel = "DST",
      description = "The copy: a new file, or one that an interrupted salvage has left.")
  private Path target;

  @Option(names = "--map", paramLabel = "FILE", description = "The mapfile, by default DST.map.")
  private Path map;

  @Option(
      names = "--restart",
      description = "Start again, over a copy that an earlier salvage wrote.")
  private boolean restart;

  @Option(
      names = "--foreign-map",
      description =
          "Trust a mapfile that does not identify DST: GNU ddrescue wrote it, or DST was moved.")
  private boolean foreignMap;

  @Override
  void run() {
    Salvage salvage = Salvage.of(source, target);
    if (map != null) {
      salvage = salvage.withMapFile(map);
    }
    if (restart) {
      salvage = salvage.withRestart();
    }
    if (foreignMap) {
      salvage = salvage.withForeignMap();
    }
    SalvageResult result;
    List<IncompleteReason> reasons;
    try (ProgressLine progress = ProgressLine.ofBytes(err(), "salvage")) {
      result = salvage.run(progress);
      try (SalvageReader reader = SalvageReader.open(source)) {
        reasons = reader.reasons();
      }
    } catch (IOException e) {
      fail(source, e, SalvageJson::failed);
      return;
    }
    warn(reasons, source);
    print(result, reasons);
    end(reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
    end(result.complete() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
  }

  private void print(SalvageResult result, List<IncompleteReason> reasons) {
    List<RangeJson> lost = RangeJson.of(result.lost());
    String before = result.finishedBefore().map(Instant::toString).orElse(null);
    if (json()) {
      print(
          new SalvageJson(
              PathConverter.text(source),
              result.size(),
              lost,
              before,
              doubts(reasons, source),
              null));
    } else if (before == null) {
      Losses.print(out(), source, result.size(), lost);
    } else if (result.complete()) {
      String size = Text.bytes(result.size());
      out()
          .println(
              Text.path(source)
                  + ": the copy of all "
                  + size
                  + " was finished on "
                  + before
                  + ", nothing was read now");
    } else {
      out()
          .println(
              Text.path(source)
                  + ": finished on "
                  + before
                  + ", nothing was read now but what was lost then");
      Losses.print(out(), source, result.size(), lost);
    }
  }
}
