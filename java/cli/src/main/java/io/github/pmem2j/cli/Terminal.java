package io.github.pmem2j.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The terminal: whether there is one, and the user's answers. */
final class Terminal {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final List<String> DEVICES =
      List.of("/dev/pts/", "/dev/tty", "/dev/console", "/dev/hvc");
  private static final String STANDARD_OUTPUT = "1";
  private static final String STANDARD_ERROR = "2";

  private Terminal() {}

  /** Whether both outputs go to a terminal, so that a line can be overwritten. */
  static boolean showsProgress() {
    return isTerminal(STANDARD_OUTPUT) && isTerminal(STANDARD_ERROR);
  }

  private static boolean isTerminal(String descriptor) {
    try {
      String file = Files.readSymbolicLink(DESCRIPTORS.resolve(descriptor)).toString();
      for (String device : DEVICES) {
        if (file.startsWith(device)) {
          return true;
        }
      }
    } catch (IOException e) {
      // Not known to be one.
    }
    return false;
  }

  /** Whether the user can see and answer a question. */
  static boolean canAsk() {
    return isTerminal(STANDARD_OUTPUT) && System.console() != null;
  }

  /** The answer to a question, or null at the end of the input. */
  static String ask(String question) {
    Console console = System.console();
    return console.readLine("%s", question);
  }
}
