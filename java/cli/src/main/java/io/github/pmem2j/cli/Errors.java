package io.github.pmem2j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pmem2j.cli.json.ErrorJson;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints errors for a person on standard error: what failed, and what to do next. */
final class Errors {
  /** The library's system property for more in its exceptions. */
  static final String TRACE_PROPERTY = "io.github.pmem2j.trace";

  private static final String BUG = RootCommand.NAME + ": unexpected failure, a bug in pmem2j:";
  private static final String OUT_OF_MEMORY = RootCommand.NAME + ": the JVM is out of memory: ";

  private Errors() {}

  /** An invalid command line. */
  static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    ParameterException cause = e;
    List<String> unknown = command.getUnmatchedArguments();
    if (e instanceof MissingParameterException && !unknown.isEmpty()) {
      cause = new UnmatchedArgumentException(command, unknown); // Report this one first.
    }
    boolean noCommand =
        cause instanceof UnmatchedArgumentException
            && command.getParent() == null
            && !unknown.get(0).startsWith("-");
    String message = noCommand ? "no such command: '" + unknown.get(0) + "'" : cause.getMessage();
    if (cause instanceof UnmatchedArgumentException && !noCommand && unknown.contains("")) {
      message = PathParameter.EMPTY; // picocli ends a list of paths at one that it cannot convert.
    }
    message = message.replaceFirst("^Error: ", ""); // picocli's, for groups of options
    err.println(RootCommand.NAME + ": " + Text.message(message));
    if (cause instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        err.println("  Did you mean: " + String.join(", ", suggestions) + "?");
      }
    }
    err.println("  Try: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.ERROR.code();
  }

  /** Ends the process after an uncaught error, always with the right exit code. */
  static void fatal(Throwable e) {
    try {
      PrintWriter err =
          new PrintWriter(
              new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), UTF_8), true);
      if (e instanceof OutOfMemoryError) {
        err.println(OUT_OF_MEMORY + e.getMessage());
        err.println("  Give the JVM more: java -Xmx512m -jar pmem2j.jar ...");
      } else {
        err.println(BUG);
        trace(e, err);
      }
    } finally {
      Runtime.getRuntime().halt(ExitCode.ERROR.code());
    }
  }

  /** A bug in this program. */
  static int unexpected(Exception e, CommandLine command, ParseResult parsed) {
    return unexpected(e, command.getErr());
  }

  /** A bug in this program. */
  static int unexpected(Exception e, PrintWriter err) {
    err.println(BUG);
    trace(e, err);
    return ExitCode.ERROR.code();
  }

  /** An error, and what to do next. */
  static void print(PrintWriter err, ErrorJson error) {
    err.println(RootCommand.NAME + ": " + Text.message(error.message()));
    String advice = Failure.advice(error);
    if (!advice.isEmpty()) {
      err.println("  " + advice);
    }
  }

  /** The stack trace of a failure, whose message may contain any file name. */
  static void trace(Throwable failure, PrintWriter err) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    for (String line : trace.toString().lines().toList()) {
      String text = line.stripLeading();
      err.println(line.substring(0, line.length() - text.length()) + Text.message(text));
    }
  }
}
