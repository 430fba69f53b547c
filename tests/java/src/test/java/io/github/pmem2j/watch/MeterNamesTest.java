package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Metric;
import io.github.pmem2j.micrometer.BadBlockWatchMetrics;
import io.github.pmem2j.testkit.FakeDisk;
import io.github.pmem2j.testkit.RecordingListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Micrometer's registry for Prometheus gives the metrics the names that the command line does. */
class MeterNamesTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** The registry keeps the suffix of {@link Metric#DEVICE_INFO} for a type that it lacks. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DEVICE_INFO")
  void ofEachMetric(Metric metric) {
    String unit = metric.unit().isEmpty() ? null : metric.unit();
    Gauge.builder(metric.key(), () -> 1).baseUnit(unit).register(registry);
    String name = metric.prometheusName();
    assertTrue(registry.scrape().contains("\n" + name + " 1.0\n"), registry.scrape());
  }

  @Test
  void ofAWatch(@TempDir Path directory) throws Exception {
    FakeDisk disk = FakeDisk.create(directory);
    Path file = Files.write(directory.resolve("a\nb"), new byte[4096]);
    disk.list(disk.firstSector(file) + " 1\n");
    try (BadBlockWatch watch =
        BadBlockWatch.open(List.of(file), new RecordingListener(), Watcher.DAEMON, disk.host())) {
      new BadBlockWatchMetrics(watch).bindTo(registry);
      String path = file.toString().replace("\n", "\\n");
      String text = registry.scrape();
      assertEquals(
          1, value(text, "pmem2j_verdict{path=\"" + path + "\",pmem2j_verdict=\"BAD\"}"), text);
      assertEquals(
          0, value(text, "pmem2j_verdict{path=\"" + path + "\",pmem2j_verdict=\"CLEAN\"}"));
      assertEquals(1, value(text, "pmem2j_paths{task=\"watch\",verdict=\"BAD\"}"));
      assertEquals(1, value(text, "pmem2j_badblocks_listed"));
      assertEquals(0, value(text, "pmem2j_badblocks_found_ranges_total"));
      double time = value(text, "pmem2j_last_scan_timestamp_seconds{task=\"watch\"}");
      assertEquals(watch.status().lastScan().toEpochMilli() / 1000.0, time, 0.001);
    }
  }

  private static double value(String text, String sample) {
    return text.lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError(sample + " in " + text));
  }
}
