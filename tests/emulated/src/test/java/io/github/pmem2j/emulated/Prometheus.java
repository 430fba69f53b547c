package io.github.pmem2j.emulated;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Debian's Prometheus with pmem2j's alert rules, and its node_exporter with a directory of metrics,
 * in the guest. tests/metrics/tools unpacks them.
 */
final class Prometheus implements AutoCloseable {
  private static final Path TOOLS = Path.of(Objects.requireNonNull(System.getenv("PMEM2J_TOOLS")));
  private static final Path RULES =
      Path.of(Objects.requireNonNull(System.getenv("PMEM2J_DIST")), "prometheus/pmem2j.rules.yml");
  private static final String EXPORTER = "127.0.0.1:9100";
  private static final String SERVER = "127.0.0.1:9090";

  private final List<Process> processes = new ArrayList<>();

  /** Starts both; they know nothing yet. */
  Prometheus(Path textfiles) throws IOException {
    Path work = Files.createTempDirectory("prometheus");
    Path configuration =
        Files.writeString(
            work.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
              - {job_name: node, static_configs: [{targets: ["%s"]}]}
            """
                .formatted(RULES, EXPORTER));
    start(
        work,
        "prometheus-node-exporter",
        "--collector.disable-defaults",
        "--collector.textfile",
        "--collector.textfile.directory=" + textfiles,
        "--web.listen-address=" + EXPORTER);
    start(
        work,
        "prometheus",
        "--config.file=" + configuration,
        "--storage.tsdb.path=" + work.resolve("data"),
        "--web.listen-address=" + SERVER);
  }

  private void start(Path work, String program, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(TOOLS.resolve(program).toString()));
    command.addAll(List.of(options));
    processes.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(work.resolve(program + ".log").toFile())
            .start());
  }

  /** Checks a file of metrics as promtool does. */
  static void check(Path metrics) throws IOException {
    Command.runWithInput(Files.readString(metrics), TOOLS.resolve("promtool"), "check", "metrics");
  }

  /** Waits until an expression has a value, or several. */
  void await(String expression) {
    Sysfs.await(expression, () -> !query(expression).contains("\"result\":[]"));
  }

  /** What Prometheus answers, as JSON. */
  String query(String expression) {
    String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    URI uri = URI.create("http://" + SERVER + "/api/v1/query?query=" + query);
    try (InputStream in = uri.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (ConnectException e) {
      return "\"result\":[]"; // It is starting.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }
}
