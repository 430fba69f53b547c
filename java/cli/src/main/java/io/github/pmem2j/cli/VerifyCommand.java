package io.github.pmem2j.cli;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.cli.json.RangeJson;
import io.github.pmem2j.cli.json.VerifyJson;
import io.github.pmem2j.repair.SalvageReader;
import io.github.pmem2j.repair.SalvageResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code verify PATH…}: reads all of each file. Changes nothing. */
@Command(
    name = "verify",
    description = {
      "Reads every page of files, on any storage, and reports what cannot be read. Passes over"
          + " holes; never maps a file. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 2 if any path failed, else 1 if anything is lost, else 0.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar verify /mnt/pmem/*.db"
    })
final class VerifyCommand extends PmemCommand {
  private static final long STEP = 64 << 20;

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "A regular file or block device.")
  private List<Path> paths;

  @Override
  void run() {
    for (Path path : paths) {
      verify(path);
      if (out().checkError()) {
        return; // Nobody reads what would follow.
      }
    }
  }

  private void verify(Path path) {
    List<RangeJson> lost = new ArrayList<>();
    RangeSet unreadable;
    long size;
    try (SalvageReader reader = SalvageReader.open(path);
        CopyProgress progress = new CopyProgress(err(), "verify")) {
      size = read(reader, lost, progress);
      unreadable = reader.unreadable();
      warn(reader.reasons());
    } catch (IOException e) {
      fail(path, e, VerifyJson::failed);
      return;
    }
    if (json()) {
      List<RangeJson> refused = unreadable.isEmpty() ? null : RangeJson.of(unreadable);
      print(new VerifyJson(PathConverter.text(path), size, lost, refused, null));
    } else if (lost.isEmpty() && !unreadable.isEmpty()) {
      out()
          .println(
              Text.path(path)
                  + ": no byte is lost, but an ordinary read fails on "
                  + Text.bytes(unreadable.total())
                  + " beside a bad sector; repair the file:");
      Table.ranges(out(), RangeJson.of(unreadable));
    } else {
      Losses.print(out(), path, size, lost);
    }
    end(lost.isEmpty() && unreadable.isEmpty() ? ExitCode.OK : ExitCode.BAD_BLOCKS);
  }

  /** Reads all that there is, and returns how much that was. */
  private static long read(SalvageReader reader, List<RangeJson> lost, CopyProgress progress)
      throws IOException {
    long size = reader.size();
    long done = 0;
    SalvageResult part;
    do {
      done = reader.nextData(done);
      part = reader.transferTo(done, STEP, OutputStream.nullOutputStream());
      lost.addAll(RangeJson.of(part.lost()));
      done += part.length();
      progress.update(done, size, RangeJson.total(lost));
    } while (part.length() == STEP);
    return done;
  }
}
