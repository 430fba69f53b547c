package io.github.pmem2j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A scan of paths, with no option but {@code --json}. This is run most often, so it runs without
 * picocli, which takes longer to read the annotations of a command than the command takes.
 */
final class PlainScan {
  private final List<Path> paths;
  private final boolean json;

  private PlainScan(List<Path> paths, boolean json) {
    this.paths = paths;
    this.json = json;
  }

  /** The scan that these arguments ask for, or null if picocli must read them. */
  static PlainScan of(String[] args) {
    List<Path> paths = new ArrayList<>();
    boolean named = false;
    boolean json = false;
    for (String arg : args) {
      if (arg.equals(RootCommand.JSON) && !json) {
        json = true;
      } else if (arg.isEmpty() || arg.charAt(0) == '-') {
        return null;
      } else if (named) {
        paths.add(PathConverter.path(arg));
      } else if (arg.equals(ScanCommand.NAME)) {
        named = true;
      } else {
        return null;
      }
    }
    return paths.isEmpty() ? null : new PlainScan(paths, json);
  }

  /** Runs the scan, and returns the exit code. */
  int run(PrintWriter out, PrintWriter err) {
    try {
      return new ScanCommand(paths).call(new PmemCommand.Context(out, err, json, false));
    } catch (Exception e) {
      return Errors.unexpected(e, err);
    }
  }
}
