package io.github.pmem2j.cli;

import io.github.pmem2j.internal.Handle;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** How errors are told to a person: what failed, and what to do next, on standard error. */
final class Errors {
  private Errors() {}

  /** A command line that makes no sense. */
  static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(RootCommand.NAME + ": " + Text.printable(e.getMessage()));
    err.println("  Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.ERROR;
  }

  /** A mistake in this program. */
  static int unexpected(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println(RootCommand.NAME + ": unexpected failure, a bug in pmem2j:");
    trace(e, err);
    return ExitCode.ERROR;
  }

  /** A failure that a command met; {@code cause} may be null. */
  static void print(CommandSpec spec, Failure failure, Exception cause) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(RootCommand.NAME + ": " + Text.printable(failure.message()));
    if (!failure.advice().isEmpty()) {
      err.println("  " + failure.advice());
    }
    if (cause != null && verbose(spec)) {
      trace(cause, err);
    }
  }

  /** The stack trace of a failure, whose message may have any file's name in it. */
  static void trace(Throwable failure, PrintWriter err) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    for (String line : trace.toString().lines().toList()) {
      String text = line.stripLeading();
      err.println(line.substring(0, line.length() - text.length()) + Text.printable(text));
    }
  }

  private static boolean verbose(CommandSpec spec) {
    return ((RootCommand) spec.root().userObject()).verbose
        || Boolean.getBoolean(Handle.TRACE_PROPERTY);
  }
}
