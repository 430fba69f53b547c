package io.github.pmem2j.cli;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.cli.json.ErrorJson;
import io.github.pmem2j.cli.json.Json;
import io.github.pmem2j.cli.json.ReasonJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of all commands: {@code --json}, output, errors and exit code. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class PmemCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private ExitCode exitCode = ExitCode.OK;

  /** Runs the command; {@link #end} sets its exit code. */
  abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    run();
    return exitCode.code();
  }

  /** Raises the exit code to at least this one. */
  final void end(ExitCode code) {
    exitCode = exitCode.or(code);
  }

  /** Whether {@code --json} was given, before or after the command. */
  final boolean json() {
    return root().json;
  }

  private RootCommand root() {
    return (RootCommand) spec.root().userObject();
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints an object on a line of its own. */
  void print(Record line) {
    out().println(Json.line(line));
  }

  /** The exception for wrong arguments. */
  final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Reports that something failed with a path, as an object or on standard error. */
  final void fail(Path path, Exception e, BiFunction<String, ErrorJson, Record> line) {
    ErrorJson error = Failure.of(e, path);
    if (json()) {
      print(line.apply(PathConverter.text(path), error));
    } else {
      printError(error, e);
    }
    end(ExitCode.ERROR);
  }

  /** Prints warnings on standard error. */
  final void warn(List<IncompleteReason> reasons) {
    reasons.forEach(reason -> warn(reason.message()));
  }

  /** Reasons for an object; null, which is not printed, if there are none. */
  static List<ReasonJson> doubts(List<IncompleteReason> reasons, Path path) {
    return reasons.isEmpty() ? null : Reasons.of(reasons, path);
  }

  /** Prints a warning on standard error. */
  final void warn(String message) {
    err().println(RootCommand.NAME + ": warning: " + Text.message(message));
  }

  /** Prints an error, and with {@code --verbose} its stack trace. */
  final void printError(ErrorJson error, Exception cause) {
    Errors.print(err(), error);
    if (root().verbose || Boolean.getBoolean(Errors.TRACE_PROPERTY)) {
      Errors.trace(cause, err());
    }
  }
}
