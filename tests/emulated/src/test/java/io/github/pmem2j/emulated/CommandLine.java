package io.github.pmem2j.emulated;

import io.github.pmem2j.cli.MainRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/** The command line, out of the fat jar that these tests run on. */
final class CommandLine {
  private static final String MAIN = "io.github.pmem2j.cli.Main";

  private CommandLine() {}

  /** Runs pmem2j in this JVM, which is far quicker than another. */
  static Command.Result run(Object... arguments) {
    String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = MainRunner.run(words, new PrintWriter(out), new PrintWriter(err));
    return new Command.Result(List.of(words), code, out.toString(), err.toString());
  }

  /** Runs pmem2j as a user does: in a JVM of its own. */
  static Command.Result runAsProcess(Object... arguments) {
    return Command.attempt(words(arguments));
  }

  /** Runs pmem2j as the user nobody. */
  static Command.Result runAsNobody(Object... arguments) {
    return Command.attemptAsNobody(words(arguments));
  }

  private static Object[] words(Object... arguments) {
    return Stream.of(Command.JAVA.stream(), Stream.of("-Xint", MAIN), Stream.of(arguments))
        .flatMap(words -> words)
        .toArray();
  }
}
