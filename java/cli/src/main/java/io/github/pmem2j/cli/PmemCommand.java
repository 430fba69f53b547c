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
  /** What a command needs from the command line around it. */
  record Context(PrintWriter out, PrintWriter err, boolean json, boolean verbose) {}

  /** Picocli's, or null. */
  @Spec private CommandSpec spec;

  private Context context;
  private ExitCode exitCode = ExitCode.OK;

  /** Runs the command without picocli. */
  final int call(Context around) throws Exception {
    context = around;
    return call();
  }

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

  /** Whether the command has the option {@code --json}. */
  boolean hasJson() {
    return true;
  }

  /** Whether {@code --json} was given, before or after the command. */
  final boolean json() {
    return context().json;
  }

  private Context context() {
    if (context == null) {
      RootCommand root = (RootCommand) spec.root().userObject();
      context =
          new Context(
              spec.commandLine().getOut(), spec.commandLine().getErr(), root.json, root.verbose);
    }
    return context;
  }

  final PrintWriter out() {
    return context().out;
  }

  final PrintWriter err() {
    return context().err;
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

  /** Prints warnings about a path on standard error. */
  final void warn(List<IncompleteReason> reasons, Path path) {
    Reasons.of(reasons, path).forEach(reason -> warn(reason.message()));
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
    if (context().verbose || Boolean.getBoolean(Errors.TRACE_PROPERTY)) {
      Errors.trace(cause, err());
    }
  }
}
