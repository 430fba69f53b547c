package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.ErrorJson;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** The option to write metrics to a file. */
final class MetricsFile extends OutputOption {
  private static final String NAME = "--openmetrics";

  @Option(
      names = MetricsFile.NAME,
      paramLabel = "FILE",
      description =
          "Replace this file by metrics for Prometheus: those that node_exporter's textfile"
              + " collector reads end in .prom. If the command fails before it knows anything, the"
              + " file stays as it is. docs/metrics.md describes them.")
  private Path path;

  MetricsFile() {
    super(NAME);
  }

  @Override
  OutputFile file() {
    return path == null ? null : MetricsText.file(path);
  }

  /** Writes the metrics. */
  void write(
      PmemCommand command, MetricSnapshots metrics, BiFunction<String, ErrorJson, Record> line) {
    try {
      file().write(command, MetricsText.of(metrics), line);
    } catch (IOException e) {
      command.fail(path, e, line);
    }
  }
}
