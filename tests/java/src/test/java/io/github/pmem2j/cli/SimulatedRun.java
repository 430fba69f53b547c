package io.github.pmem2j.cli;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
    return in(List.of(directory.toString(), "--"), command);
  }

  /** The same, but once the command prints its first line, each bad file has more, at 8192. */
  static ChildJvm.Result worsening(Path directory, Object... command) throws IOException {
    return in(List.of(directory.toString(), "worsening", "--"), command);
  }

  private static ChildJvm.Result in(List<String> first, Object... command) throws IOException {
    List<String> words = new ArrayList<>(first);
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
    boolean worsening = args[1].equals("worsening");
    List<Path> files;
    try (var all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    int code;
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      files = files.stream().filter(file -> isBad(file) && !healthy).toList();
      damage(pmem, files, 4096);
      List<Path> later = worsening ? files : List.of();
      OutputStream output =
          new FilterOutputStream(System.out) {
            @Override
            public void flush() throws IOException {
              damage(pmem, later, 8192);
              super.flush();
            }
          };
      PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
      Method run =
          Class.forName("io.github.pmem2j.cli.Main")
              .getDeclaredMethod("run", String[].class, PrintWriter.class, PrintWriter.class);
      run.setAccessible(true);
      code = (int) run.invoke(null, Arrays.copyOfRange(args, command, args.length), out, err);
      out.flush();
    }
    System.exit(code);
  }

  private static boolean isBad(Path file) {
    return file.getFileName().toString().startsWith("bad");
  }

  private static void damage(SimulatedPmem pmem, List<Path> files, long offset) throws IOException {
    for (Path file : files) {
      pmem.damage(file, offset, 512);
    }
  }
}
