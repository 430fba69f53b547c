package io.github.pmem2j.emulated;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs commands in the guest. */
final class Command {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(6);
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--");

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  /** The fat jar; what tests/emulated/compile made is beside it. */
  static final Path JAR = Path.of(CLASS_PATH.split(File.pathSeparator)[0]);

  /**
   * A JVM with this one's class path and the classes that tests/emulated/compile has prepared for
   * it, and with the quick compiler alone: the other would take the one emulated processor.
   */
  static final List<String> JAVA =
      List.of(
          System.getProperty("java.home") + "/bin/java",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote",
          "-XX:SharedArchiveFile=" + JAR.resolveSibling("classes.jsa"),
          "-cp",
          CLASS_PATH);

  private Command() {}

  /** What a command left behind: its exit code and what it printed. */
  record Result(List<String> words, int exitCode, String output, String errors) {
    @Override
    public String toString() {
      return "%s\nexited with %d and printed\n%s%s"
          .formatted(String.join(" ", words), exitCode, output, errors);
    }
  }

  /**
   * Runs a command that has to succeed.
   *
   * @return its standard output
   * @throws AssertionError if it fails, with all that it printed
   */
  static String run(Object... words) {
    return succeed(execute("", strings(words)));
  }

  /** Like {@link #run}, with something to read on its standard input. */
  static String runWithInput(String input, Object... words) {
    return succeed(execute(input, strings(words)));
  }

  /** Runs a command that may fail. */
  static Result attempt(Object... words) {
    return execute("", strings(words));
  }

  /** Runs a command that may fail, as the user nobody. */
  static Result attemptAsNobody(Object... words) {
    return execute("", Stream.concat(AS_NOBODY.stream(), strings(words).stream()).toList());
  }

  private static List<String> strings(Object... words) {
    return Stream.of(words).map(Object::toString).toList();
  }

  private static String succeed(Result result) {
    if (result.exitCode() != 0) {
      throw new AssertionError(result);
    }
    return result.output();
  }

  private static Result execute(String input, List<String> words) {
    try {
      Path directory = Files.createTempDirectory("command");
      Path in = Files.writeString(directory.resolve("in"), input);
      Path out = directory.resolve("out");
      Path err = directory.resolve("err");
      Process process =
          new ProcessBuilder(words)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      boolean ended = process.waitFor(TIME_LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        // A JVM prints its threads' stacks; anything else ends at once.
        new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid())).start().waitFor();
        process.waitFor(10, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
      }
      Result result =
          new Result(words, process.exitValue(), Files.readString(out), Files.readString(err));
      for (Path file : List.of(in, out, err, directory)) {
        Files.delete(file);
      }
      if (!ended) {
        throw new AssertionError("no end after " + TIME_LIMIT + ": " + result);
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + words, e);
    }
  }
}
