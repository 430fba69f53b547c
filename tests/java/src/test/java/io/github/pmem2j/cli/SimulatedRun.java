package io.github.pmem2j.cli;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the command line on files that look as if they were on persistent memory. Its arguments are
 * a directory of this machine's own disk, and the command's, after {@code --}. Each file below the
 * directory whose name begins with {@code bad} has a bad sector at 4096.
 */
public final class SimulatedRun {
  private SimulatedRun() {}

  /** Runs a command in a JVM of its own, where a directory is simulated. */
  static ChildJvm.Result in(Path directory, Object... command) throws IOException {
    List<String> words = new ArrayList<>(List.of(directory.toString(), "--"));
    Stream.of(command).map(Object::toString).forEach(words::add);
    String path =
        Stream.of(FatJar.path(), place(SimulatedPmem.class), place(SimulatedRun.class))
            .map(Object::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return new ChildJvm().where("-cp", path).run(SimulatedRun.class, words.toArray(String[]::new));
  }

  private static Path place(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  /** Runs it, and exits with its code. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    int command = Arrays.asList(args).indexOf("--") + 1;
    boolean healthy = args[1].equals("healthy");
    List<Path> files;
    try (var all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    int code;
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      for (Path file : files) {
        if (!healthy && file.getFileName().toString().startsWith("bad")) {
          pmem.damage(file, 4096, 512);
        }
      }
      Method run =
          Class.forName("io.github.pmem2j.cli.Main")
              .getDeclaredMethod("run", String[].class, PrintWriter.class, PrintWriter.class);
      run.setAccessible(true);
      code = (int) run.invoke(null, Arrays.copyOfRange(args, command, args.length), out, err);
    }
    out.flush();
    System.exit(code);
  }
}
