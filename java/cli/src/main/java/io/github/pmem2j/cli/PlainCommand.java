package io.github.pmem2j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A scan or verification of paths, with no option but {@code --json}. These are run most often, so
 * they run without picocli, which takes longer to read the annotations of a command than the
 * command takes.
 */
final class PlainCommand {
  private final PmemCommand command;
  private final boolean json;

  private PlainCommand(PmemCommand command, boolean json) {
    this.command = command;
    this.json = json;
  }

  /** The command that these arguments ask for, or null if picocli must read them. */
  static PlainCommand of(String[] args) {
    List<Path> paths = new ArrayList<>();
    PmemCommand command = null;
    boolean json = false;
    for (String arg : args) {
      if (arg.equals(RootCommand.JSON) && !json) {
        json = true;
      } else if (arg.isEmpty() || arg.charAt(0) == '-') {
        return null;
      } else if (command != null) {
        paths.add(PathConverter.path(arg));
      } else {
        command = command(arg, paths);
        if (command == null) {
          return null;
        }
      }
    }
    return paths.isEmpty() ? null : new PlainCommand(command, json);
  }

  private static PmemCommand command(String name, List<Path> paths) {
    return switch (name) {
      case ScanCommand.NAME -> new ScanCommand(paths);
      case VerifyCommand.NAME -> new VerifyCommand(paths);
      default -> null;
    };
  }

  /** Runs the command, and returns the exit code. */
  int run(PrintWriter out, PrintWriter err) {
    try {
      return command.call(new PmemCommand.Context(out, err, json, false));
    } catch (Exception e) {
      return Errors.unexpected(e, err);
    }
  }
}
