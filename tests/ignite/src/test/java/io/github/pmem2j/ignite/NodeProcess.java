package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.scan.BadBlockScanner;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link ServerNode} in a JVM of its own; its log is NAME.log in its directory. */
final class NodeProcess implements AutoCloseable {
  private final String name;
  private final Path log;
  private final Process process;

  private NodeProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /** Starts one. It has started when {@link #await()} returns. */
  static NodeProcess start(
      String name, Path directory, int port, boolean peerClassLoading, String... options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-DIGNITE_QUIET=false",
            "-DIGNITE_NO_ASCII=true",
            "-DIGNITE_UPDATE_NOTIFIER=false",
            "-Djava.net.preferIPv4Stack=true",
            "-Dorg.slf4j.simpleLogger.logFile=System.err",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(options());
    command.addAll(List.of(options)); // A later -cp replaces the first.
    command.addAll(List.of(ServerNode.class.getName(), name, directory.toString()));
    command.addAll(List.of("" + port, "" + peerClassLoading));
    Path log = directory.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new NodeProcess(name, log, process);
  }

  /** Waits until the node is in the cluster. */
  NodeProcess await() throws IOException {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    while (line != null && !line.equals("started " + name)) {
      line = output.readLine();
    }
    assertTrue(line != null, () -> name + " has not started:\n" + end());
    // Else the pipe would fill up.
    Thread rest = new Thread(() -> output.lines().forEach(any -> {}), name + " output");
    rest.setDaemon(true);
    rest.start();
    return this;
  }

  /** The options that Ignite needs, of this JVM's. */
  static List<String> options() {
    return ProcessHandle.current().info().arguments().stream()
        .flatMap(Arrays::stream)
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("--enable"))
        .toList();
  }

  /** The class path of this JVM without pmem2j and its adapter. */
  static String classPathWithoutPmem2j() {
    List<String> without =
        Stream.of(BadBlockScanner.class, ClusterScan.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .toList();
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !without.contains(Path.of(entry).toUri().getPath()))
        .collect(Collectors.joining(File.pathSeparator));
  }

  Path log() {
    return log;
  }

  private String end() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  void signal(String signal) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor());
  }

  /** Stops it in order: its last checkpoint is on disk. */
  void stop() throws IOException, InterruptedException {
    process.getOutputStream().close();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> name + " does not stop:\n" + end());
    assertEquals(0, process.exitValue(), this::end);
  }

  /** Ends it as a power cut does. */
  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    kill();
  }
}
