package io.github.pmem2j.cli;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.VerifyJson;
import io.github.pmem2j.repair.ReadMethod;
import io.github.pmem2j.repair.ReadResult;
import io.github.pmem2j.repair.SalvageReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code verify PATH…}: reads all of each file. Changes nothing. */
@Command(
    name = VerifyCommand.NAME,
    description = {
      "Reads every page of files, on any storage, and reports what cannot be read. Asks the medium,"
          + " past the page cache, where the file system can, and says where it cannot. Passes over"
          + " holes; never maps a file. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 2 if any path failed, else 1 if anything is lost, else 3 if an interrupted repair"
          + " may have left zeros, else 0.",
      "",
      "Examples:",
      "  pmem2j verify /mnt/pmem/*.db"
    })
final class VerifyCommand extends PmemCommand {
  static final String NAME = "verify";

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "A regular file or block device.")
  private List<Path> paths;

  @Mixin private final HtmlFile htmlFile = new HtmlFile();

  private final VerifyPage page = new VerifyPage();

  /** For picocli. */
  VerifyCommand() {}

  /** The command with these paths and no options. */
  VerifyCommand(List<Path> paths) {
    this.paths = paths;
  }

  @Override
  void run() {
    if (!htmlFile.ready(this, VerifyJson::failed)) {
      return;
    }
    verifyAll();
    if (htmlFile.requested()) {
      htmlFile.write(this, NAME, page.page(), VerifyJson::failed);
    }
  }

  private void verifyAll() {
    for (Path path : paths) {
      verify(path);
      if (!htmlFile.requested() && out().checkError()) {
        return; // Nobody reads the rest.
      }
    }
  }

  private void verify(Path path) {
    ReadResult result;
    RangeSet unreadable;
    ReadMethod method;
    List<IncompleteReason> reasons;
    try (SalvageReader reader = SalvageReader.open(path);
        ProgressLine progress = ProgressLine.ofBytes(err(), "verify")) {
      result = reader.verify(0, progress);
      unreadable = reader.unreadable();
      method = reader.verifiedBy().orElseThrow();
      reasons = reader.reasons();
    } catch (IOException e) {
      fail(path, e, VerifyJson::failed);
      page.add(VerifyJson.failed(PathConverter.text(path), Failure.of(e, path)));
      return;
    }
    warn(reasons, path);
    long size = result.length();
    List<RangeJson> lost = RangeJson.of(result.lost());
    List<RangeJson> refused = unreadable.isEmpty() ? null : RangeJson.of(unreadable);
    VerifyJson line =
        new VerifyJson(
            PathConverter.text(path),
            size,
            jsonName(method),
            lost,
            refused,
            doubts(reasons, path),
            null);
    page.add(line);
    if (json()) {
      print(line);
    } else if (lost.isEmpty() && !unreadable.isEmpty()) {
      out()
          .println(
              Text.path(path)
                  + ": no byte is lost, but an ordinary read fails on "
                  + Text.bytes(unreadable.total())
                  + " beside a bad sector; repair the file:");
      Table.ranges(out(), RangeJson.of(unreadable));
    } else {
      String from = method == ReadMethod.CACHE ? "" : " from the medium";
      Losses.print(out(), path, size, lost, from);
    }
    if (!json() && method == ReadMethod.CACHE) {
      out()
          .println(
              Text.path(path)
                  + ": read through the page cache, because its file system does not support"
                  + " O_DIRECT: cached bytes may be lost on the medium");
    }
    end(reasons.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
    end(lost.isEmpty() && unreadable.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
  }

  private static String jsonName(ReadMethod method) {
    return switch (method) {
      case DAX -> "dax";
      case DIRECT -> "medium";
      case CACHE -> "cache";
    };
  }
}
