package io.github.pmem2j.cli;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Metrics as text for both parsers of Prometheus: that of its own format, which node_exporter uses,
 * and that of OpenMetrics. The formats agree on gauges, and the last line of an OpenMetrics text is
 * a comment in the other.
 */
final class MetricsText {
  private static final String BEGIN = "# HELP pmem2j_";
  private static final String END = "# EOF\n";

  private MetricsText() {}

  static OutputFile file(Path path) {
    return new OutputFile(path, BEGIN);
  }

  static byte[] of(MetricSnapshots metrics) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(text, metrics, EscapingScheme.ALLOW_UTF8);
    text.writeBytes(END.getBytes(StandardCharsets.US_ASCII));
    return text.toByteArray();
  }
}
