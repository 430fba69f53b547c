package io.github.pmem2j.cli;

import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.repair.Salvaged;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify PATH…}: reads all of each file. Changes nothing. */
@Command(
    name = "verify",
    description = {
      "Reads every page of files, on any storage, and reports what cannot be read. Never maps"
          + " them. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 2 if any path failed, else 1 if anything is lost, else 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar verify /mnt/pmem/*.db"
    })
final class VerifyCommand implements Callable<Integer> {
  /** One path as JSON has it: with size and lost, or with error. */
  private record Line(String path, Long size, List<Range> lost, Failure error) {}

  private static final long STEP = 64 << 20;

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "A regular file or block device.")
  private List<Path> paths;

  @Option(names = "--json", description = "Print one JSON object a line, one for each path.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    int code = ExitCode.OK;
    for (Path path : paths) {
      code = ExitCode.graver(code, verify(path));
    }
    return code;
  }

  private int verify(Path path) {
    Salvaged all;
    try (SalvageReader reader = SalvageReader.open(path);
        ProgressBar bar = ProgressBar.create()) {
      all = read(reader, reader.size(), bar);
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
      out().println(Json.line(new Line(PathConverter.text(path), all.length(), all.lost(), null)));
    } else {
      LostRanges.print(out(), path, all.length(), all.lost());
    }
    return all.complete() ? ExitCode.OK : ExitCode.BAD_BLOCKS;
  }

  private static Salvaged read(SalvageReader reader, long size, ProgressBar bar)
      throws IOException {
    List<Range> lost = new ArrayList<>();
    long done = 0;
    Salvaged part;
    do {
      part = reader.transferTo(done, STEP, OutputStream.nullOutputStream());
      lost.addAll(part.lost());
      done += part.length();
      bar.show(done, size, LostRanges.total(lost));
    } while (part.length() == STEP);
    return new Salvaged(done, lost);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
