package io.github.pmem2j.cli;

import io.github.pmem2j.Metric;
import io.github.pmem2j.Verdict;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Collects the values of metrics. A metric without a value is not written. */
final class Gauges {
  private static final String INFO_SUFFIX = "_info";
  private static final double MILLIS_PER_SECOND = 1000;

  private final Map<Metric, GaugeSnapshot.Builder> gauges = new EnumMap<>(Metric.class);
  private final Map<Metric, StateSetSnapshot.Builder> states = new EnumMap<>(Metric.class);
  private final Map<Metric, InfoSnapshot.Builder> infos = new EnumMap<>(Metric.class);

  void add(Metric metric, double value, Labels labels) {
    gauges
        .computeIfAbsent(
            metric,
            m -> GaugeSnapshot.builder().name(m.prometheusName()).help(m.description() + "."))
        .dataPoint(new GaugeDataPointSnapshot(value, labels, null));
  }

  void add(Metric metric, double value) {
    add(metric, value, Labels.EMPTY);
  }

  void add(Metric metric, boolean value, Labels labels) {
    add(metric, value ? 1 : 0, labels);
  }

  /** Adds the current time, at which a task ended. */
  void addTime(String task) {
    add(
        Metric.LAST_SCAN,
        Instant.now().toEpochMilli() / MILLIS_PER_SECOND,
        Labels.of("task", task));
  }

  /** A value for each verdict: 1 for this one. */
  void addState(Metric metric, Verdict state, Labels labels) {
    StateSetSnapshot.StateSetDataPointSnapshot.Builder point =
        StateSetSnapshot.StateSetDataPointSnapshot.builder().labels(labels);
    for (Verdict verdict : Verdict.values()) {
      point.state(verdict.name(), verdict == state);
    }
    states
        .computeIfAbsent(
            metric,
            m -> StateSetSnapshot.builder().name(m.prometheusName()).help(m.description() + "."))
        .dataPoint(point.build());
  }

  /** Facts in labels; the value is 1. */
  void addInfo(Metric metric, Labels labels) {
    infos
        .computeIfAbsent(
            metric,
            m ->
                InfoSnapshot.builder()
                    .name(m.prometheusName().replaceFirst(INFO_SUFFIX + "$", ""))
                    .help(m.description() + "."))
        .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build());
  }

  MetricSnapshots snapshots() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    gauges.values().stream().map(GaugeSnapshot.Builder::build).forEach(all::metricSnapshot);
    states.values().stream().map(StateSetSnapshot.Builder::build).forEach(all::metricSnapshot);
    infos.values().stream().map(InfoSnapshot.Builder::build).forEach(all::metricSnapshot);
    return all.build();
  }
}
