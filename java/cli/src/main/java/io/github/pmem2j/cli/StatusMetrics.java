package io.github.pmem2j.cli;

import io.github.pmem2j.Metric;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.DeviceStatus;
import io.github.pmem2j.device.DeviceStatus.UnmappedPoison;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The metrics of a status. */
final class StatusMetrics {
  private static final String TASK = "status";

  private StatusMetrics() {}

  static MetricSnapshots of(List<DeviceStatus> devices) {
    Gauges gauges = new Gauges();
    Map<String, RangeSet.Builder> unmapped = new TreeMap<>();
    for (DeviceStatus status : devices) {
      add(gauges, status);
      for (UnmappedPoison poison : status.unmapped()) {
        unmapped
            .computeIfAbsent(poison.memdev(), memdev -> RangeSet.builder())
            .add(poison.address(), poison.length());
      }
    }
    unmapped.forEach(
        (memdev, poison) ->
            gauges.add(
                Metric.DEVICE_UNMAPPED_BYTES, poison.build().total(), Labels.of("device", memdev)));
    gauges.addTime(TASK);
    return gauges.snapshots();
  }

  private static void add(Gauges gauges, DeviceStatus status) {
    Labels labels = Labels.of("device", status.device());
    gauges.addInfo(
        Metric.DEVICE_INFO,
        Labels.of(
            "device", status.device(),
            "mode", status.mode(),
            "provider", status.provider(),
            "source", status.source().kind().name()));
    gauges.add(Metric.DEVICE_SIZE, status.size(), labels);
    gauges.add(Metric.DEVICE_COMPLETE, status.complete(), labels);
    RangeSet bad = status.badBlocks();
    if (status.complete() || !bad.isEmpty()) { // Otherwise 0 would claim more than is known.
      gauges.add(Metric.DEVICE_BAD_BYTES, bad.total(), labels);
      gauges.add(Metric.DEVICE_BAD_RANGES, bad.count(), labels);
    }
  }
}
