package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlock;
import io.github.pmem2j.Pmem2BadBlocks;
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

/** {@code list PATH…}: the bad blocks of each path, as libpmem2 reports them. Changes nothing. */
@Command(
    name = "list",
    description = {
      "Lists the bad blocks of files and dax devices, as libpmem2 reports them. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 2 if any path failed, else 1 if any has bad blocks, else 3 if of any it could not"
          + " be told, else 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar list /mnt/pmem/*.db /dev/dax0.0",
      "  java -jar pmem2j.jar list --json /mnt/pmem/orders.db"
    })
final class ListCommand implements Callable<Integer> {
  /** One path as JSON has it: with deviceMatched and badBlocks, or with error. */
  private record Line(
      String path, Boolean deviceMatched, List<BadBlock> badBlocks, Failure error) {}

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "A regular file or a dax device.")
  private List<Path> paths;

  @Option(names = "--json", description = "Print one JSON object a line, one for each path.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    int code = ExitCode.OK;
    for (Path path : paths) {
      code = ExitCode.graver(code, list(path));
    }
    return code;
  }

  private int list(Path path) {
    boolean matched;
    List<BadBlock> blocks;
    try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.openReadOnly(path)) {
      blocks = badBlocks.remaining();
      matched = badBlocks.deviceMatched();
    } catch (IOException e) {
      Failure failure = Failure.of(e, path);
      if (json) {
        out().println(Json.line(new Line(PathConverter.text(path), null, null, failure)));
      } else {
        Errors.print(spec, failure, e);
      }
      return ExitCode.ERROR;
    }
    if (json) {
      out().println(Json.line(new Line(PathConverter.text(path), matched, blocks, null)));
    } else if (matched) {
      Ranges.print(out(), path, blocks);
    } else {
      Limits.printUnmatched(out(), path);
    }
    if (!matched) {
      return ExitCode.UNKNOWN;
    }
    return blocks.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
