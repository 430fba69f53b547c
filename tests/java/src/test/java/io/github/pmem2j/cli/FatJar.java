package io.github.pmem2j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs {@code build/pmem2j.jar}, as packaged, in a JVM of its own. */
public final class FatJar {
  /** How it ended. */
  record Result(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private FatJar() {}

  /** The jar. */
  public static Path path() {
    String root = System.getProperty("io.github.pmem2j.test.root", ".");
    return Path.of(System.getProperty("pmem2j.jar", root + "/build/pmem2j.jar")).toAbsolutePath();
  }

  /** Runs a command without a terminal. */
  static Result run(Object... args) throws IOException {
    return run(Map.of(), List.of(), args);
  }

  /** Runs a command with changes to the environment and with options of the JVM. */
  static Result run(Map<String, String> environment, List<String> options, Object... args)
      throws IOException {
    return execute(environment, command(options, args));
  }

  /** Runs a command whose output has no room. */
  static Result runInFull(Object... args) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" >/dev/full", "sh"));
    command.addAll(command(List.of(), args));
    return execute(Map.of(), command);
  }

  private static List<String> command(List<String> options, Object... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // starts sooner
    command.addAll(ChildJvm.given(false));
    command.addAll(options);
    command.add("-jar");
    command.add(path().toString());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return command;
  }

  /** Runs any program to its end. */
  static Result execute(Map<String, String> environment, List<String> command) throws IOException {
    Path out = Files.createTempFile("pmem2j-test", ".out");
    Path err = Files.createTempFile("pmem2j-test", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      int code = process.waitFor();
      return new Result(code, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
