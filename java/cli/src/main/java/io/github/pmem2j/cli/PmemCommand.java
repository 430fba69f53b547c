package io.github.pmem2j.cli;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.cli.json.ErrorJson;
import io.github.pmem2j.cli.json.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have: {@code --json}, their output, their errors and their exit code. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class PmemCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private ExitCode exitCode = ExitCode.OK;

  /** Does what the command is for; {@link #end} says how it went. */
  abstract void run() throws Exception;

  @Override
  public final Integer call() throws Exception {
    run();
    return exitCode.code();
  }

  /** Ends the command with at least this code. */
  final void end(ExitCode code) {
    exitCode = exitCode.or(code);
  }

  /** Whether {@code --json} was given, before the command or behind it. */
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

  /** What is wrong with the command's arguments. */
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

  /** Prints what a person should know though nothing failed. */
  final void warn(List<IncompleteReason> reasons) {
    reasons.forEach(
        reason -> err().println(RootCommand.NAME + ": warning: " + Text.message(reason.message())));
  }

  /** Prints an error, and with {@code --verbose} where it arose. */
  final void printError(ErrorJson error, Exception cause) {
    Errors.print(err(), error);
    if (root().verbose || Boolean.getBoolean(Errors.TRACE_PROPERTY)) {
      Errors.trace(cause, err());
    }
  }
}
