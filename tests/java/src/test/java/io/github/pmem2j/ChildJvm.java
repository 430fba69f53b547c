package io.github.pmem2j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Another JVM, for what a JVM does once (loading), crashes on, or needs another environment for. It
 * is the same java with the same class path and environment; its output stays in target/children.
 */
public final class ChildJvm {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final List<String> prefix = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private List<String> where = List.of("-cp", System.getProperty("java.class.path"));
  private Path home = Path.of(System.getProperty("java.home"));
  private boolean fromJar;

  /** How it ended. */
  public record Result(int exit, String output) {
    /** The output of one that must have succeeded. */
    public String ok() {
      assertEquals(0, exit, output);
      return output;
    }
  }

  /** The repository. */
  public static Path root() {
    return Path.of(System.getProperty("io.github.pmem2j.test.root"));
  }

  /** The module's target directory. */
  public static Path target() {
    return Path.of(System.getProperty("io.github.pmem2j.test.directory"));
  }

  /** The options that the whole run was given, with or without one that names a library. */
  public static List<String> given(boolean withLibrary) {
    String given = System.getProperty("io.github.pmem2j.test.argLine", "");
    return Stream.of(given.split("\\s+"))
        .filter(option -> !option.isEmpty())
        .filter(option -> withLibrary || !option.contains("pmem2j.library="))
        .toList();
  }

  /** Options of the JVM. */
  public ChildJvm options(String... more) {
    options.addAll(Arrays.asList(more));
    return this;
  }

  /** What runs the JVM: {@code unshare -m} or the like. */
  public ChildJvm under(String... command) {
    prefix.addAll(Arrays.asList(command));
    return this;
  }

  /** A variable of its environment. */
  public ChildJvm env(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** What has a process preload a library that CMake built beside the scripted libndctl. */
  public static Map<String, String> preloading(String library) {
    String before = Objects.requireNonNullElse(System.getenv("LD_PRELOAD"), "");
    return Map.of("LD_PRELOAD", (before + " " + library).strip());
  }

  /** Variables of its environment. */
  public ChildJvm env(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  /** Instead of the class path. */
  public ChildJvm where(String... pathOptions) {
    where = List.of(pathOptions);
    return this;
  }

  /** Another Java than this one. */
  public ChildJvm home(Path directory) {
    home = directory;
    return this;
  }

  /** With the library in the jar, regardless of the options of the whole run. */
  public ChildJvm fromJar() {
    fromJar = true;
    return this;
  }

  /** Runs a class's main to its end. */
  public Result run(Class<?> main, String... arguments) throws IOException {
    return run(main.getName(), arguments);
  }

  /** Runs a class or a module's class to its end: {@code name} may be {@code -m} and one more. */
  public Result run(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(home.resolve("bin/java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // starts sooner
    command.addAll(given(!fromJar));
    for (String property : new String[] {"argLine", "cycles", "directory", "root"}) {
      String key = "io.github.pmem2j.test." + property;
      command.add("-D" + key + "=" + System.getProperty(key, ""));
    }
    if (options.stream().noneMatch(option -> option.startsWith("--enable-native-access"))) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options);
    command.addAll(where);
    command.add(name);
    command.addAll(Arrays.asList(arguments));
    Path output =
        Files.createDirectories(target().resolve("children"))
            .resolve(name.replaceAll("\\W+", "-") + "-" + COUNT.incrementAndGet() + ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(output.toFile()).redirectInput(new File("/dev/null"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      int exit = process.waitFor();
      return new Result(exit, Files.readString(output, UTF_8));
    } catch (InterruptedException e) {
      throw new AssertionError(name + " did not end; see " + output, e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs tests that are not found by their name because they need surroundings of their own. */
  public String tests(Class<?> tests) throws IOException {
    return run(ChildTests.class, tests.getName()).ok();
  }
}
