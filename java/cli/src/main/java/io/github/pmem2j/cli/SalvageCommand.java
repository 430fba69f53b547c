package io.github.pmem2j.cli;

import io.github.pmem2j.repair.Salvage;
import io.github.pmem2j.repair.Salvaged;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code salvage SRC DST}: copies what can be read. */
@Command(
    name = "salvage",
    description = {
      "Copies everything of a file that can be read; what is lost stays a hole in the copy, and"
          + " holes stay holes. Run again, it goes on where it was interrupted and tries again what"
          + " was lost. Its map is GNU ddrescue's mapfile."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 2 if it failed, else 1 if anything is lost, else 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar salvage /mnt/pmem/orders.db /backup/orders.db",
      "  ddrescuelog --list-blocks=- /backup/orders.db.map"
    })
final class SalvageCommand implements Callable<Integer> {
  /** The outcome as JSON has it: with size and lost, or with error. */
  private record Line(String path, Long size, List<Range> lost, Failure error) {}

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

  @Option(names = "--json", description = "Print one JSON object, on one line.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
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
    try (ProgressBar bar = ProgressBar.create()) {
      salvaged = salvage.run(bar::show);
    } catch (IOException e) {
      Failure failure = Failure.of(e, source);
      if (json) {
        out().println(Json.line(new Line(PathConverter.text(source), null, null, failure)));
      } else {
        Errors.print(spec, failure, e);
      }
      return ExitCode.ERROR;
    }
    if (json) {
      out()
          .println(
              Json.line(
                  new Line(PathConverter.text(source), salvaged.length(), salvaged.lost(), null)));
    } else {
      LostRanges.print(out(), source, salvaged.length(), salvaged.lost());
    }
    return salvaged.complete() ? ExitCode.OK : ExitCode.BAD_BLOCKS;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
