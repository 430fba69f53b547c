package io.github.pmem2j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pmem2j.ChildJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs {@code build/pmem2j.jar}, as packaged: in this JVM, in a class loader that has nothing else,
 * or in a JVM of its own, which takes half a second of processor time.
 */
public final class FatJar {
  /** How it ended. */
  record Result(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private static Method main;

  private FatJar() {}

  /** The jar. */
  public static Path path() {
    String root = System.getProperty("io.github.pmem2j.test.root", ".");
    return Path.of(System.getProperty("pmem2j.jar", root + "/build/pmem2j.jar")).toAbsolutePath();
  }

  /** Runs a command without a terminal, in this JVM. */
  static Result run(Object... args) throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Stream.of(args).map(Object::toString).toArray(String[]::new);
    try {
      Object code = main().invoke(null, words, new PrintWriter(out), new PrintWriter(err));
      return new Result((int) code, out.toString(), err.toString());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** What {@code Main.main} calls once it has set up the JVM. */
  private static synchronized Method main() throws IOException, ReflectiveOperationException {
    if (main == null) {
      System.setProperty("slf4j.internal.verbosity", "ERROR"); // as Main.main does
      ClassLoader jar =
          new URLClassLoader(
              new URL[] {path().toUri().toURL()}, ClassLoader.getPlatformClassLoader());
      main =
          jar.loadClass("io.github.pmem2j.cli.Main")
              .getDeclaredMethod("run", String[].class, PrintWriter.class, PrintWriter.class);
      main.setAccessible(true);
    }
    return main;
  }

  /** Runs a command in a JVM of its own. */
  static Result runProcess(Object... args) throws IOException {
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
