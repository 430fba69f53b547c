package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.SalvageJson;
import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.Salvaged;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code salvage SRC DST}: copies what can be read. */
@Command(
    name = "salvage",
    description = {
      "Copies everything of a file that can be read; what is lost stays a hole in the copy, and"
          + " holes stay holes. Run again, it goes on where it was interrupted and tries again what"
          + " was lost. Its map is GNU ddrescue's mapfile."
    },
    footer = {
      "",
      "Exit code: 2 if it failed, else 1 if anything is lost, else 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar salvage /mnt/pmem/orders.db /backup/orders.db",
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

  @Option(
      names = "--map",
      paramLabel = "FILE",
      description = "The mapfile, if not DST with .map behind it.")
  private Path map;

  @Option(
      names = "--restart",
      description = "Begin anew, over a copy that an earlier salvage wrote.")
  private boolean restart;

  @Option(
      names = "--foreign-map",
      description =
          "Believe a mapfile that does not identify DST: GNU ddrescue wrote it, or DST was moved.")
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
    Salvaged salvaged;
    try (CopyProgress progress = new CopyProgress(err(), "salvage")) {
      salvaged = salvage.run(progress::update);
    } catch (IOException e) {
      fail(source, e, SalvageJson::failed);
      return;
    }
    List<RangeJson> lost = RangeJson.of(salvaged.lost());
    if (json()) {
      print(new SalvageJson(PathConverter.text(source), salvaged.length(), lost, null));
    } else {
      Losses.print(out(), source, salvaged.length(), lost);
    }
    end(salvaged.complete() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
  }
}
