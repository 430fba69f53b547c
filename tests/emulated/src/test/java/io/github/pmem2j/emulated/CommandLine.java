package io.github.pmem2j.emulated;

import java.util.stream.Stream;

/** The command line, out of the fat jar that these tests run on. */
final class CommandLine {
  private static final String MAIN = "io.github.pmem2j.cli.Main";

  private CommandLine() {}

  /** Runs pmem2j. */
  static Command.Result run(Object... arguments) {
    return Command.attempt(words(arguments));
  }

  /** Runs pmem2j as the user nobody. */
  static Command.Result runAsNobody(Object... arguments) {
    return Command.attemptAsNobody(words(arguments));
  }

  private static Object[] words(Object... arguments) {
    return Stream.of(Command.JAVA.stream(), Stream.of(MAIN), Stream.of(arguments))
        .flatMap(words -> words)
        .toArray();
  }
}
