package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.Metric;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.Verdict;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The metrics of a scan. Only paths that are bad or unknown have metrics of their own, and at most
 * {@link #MAX_PATHS} do, bad ones first: a fleet with a million good files has not a million
 * series.
 */
final class ScanMetrics implements ScanOutput {
  static final int MAX_PATHS = 1000;

  private static final String TASK = "scan";

  /** What is known of a path that has metrics of its own. */
  private record PathState(boolean complete, long lostBytes, Map<String, long[]> devices) {}

  private final ScanTally tally;
  private final Consumer<MetricSnapshots> target;
  private final Map<String, PathState> bad = new LinkedHashMap<>();
  private final Map<String, PathState> unknown = new LinkedHashMap<>();
  private long omitted;

  /** Writes the metrics of a scan with this tally to this target. */
  ScanMetrics(ScanTally tally, Consumer<MetricSnapshots> target) {
    this.tally = tally;
    this.target = target;
  }

  @Override
  public void add(BadBlockReport report) {
    Verdict verdict = tally.verdict(report);
    if (verdict == Verdict.UNKNOWN) {
      keep(unknown, report.path(), new PathState(false, 0, Map.of()));
    } else if (verdict == Verdict.BAD) {
      Map<String, long[]> devices = new TreeMap<>();
      for (BadRange range : report.badRanges()) {
        long[] sums = devices.computeIfAbsent(range.device(), device -> new long[2]);
        sums[0] += range.length();
        sums[1]++;
      }
      keep(bad, report.path(), new PathState(report.complete(), report.lost().total(), devices));
    }
  }

  @Override
  public void addFailed(Path path, IOException e) {
    keep(unknown, path, new PathState(false, 0, Map.of()));
  }

  private void keep(Map<String, PathState> paths, Path path, PathState state) {
    String label = PathBytes.label(path);
    if (paths.size() < MAX_PATHS || paths.containsKey(label)) {
      paths.put(label, state);
    } else {
      omitted++;
    }
  }

  @Override
  public void write() {
    Gauges gauges = new Gauges();
    bad.forEach((path, state) -> add(gauges, path, Verdict.BAD, state));
    long left = MAX_PATHS - bad.size();
    unknown.keySet().removeAll(bad.keySet()); // Named twice, and changed meanwhile.
    unknown.entrySet().stream()
        .limit(left)
        .forEach(each -> add(gauges, each.getKey(), Verdict.UNKNOWN, each.getValue()));
    for (Verdict verdict : Verdict.values()) {
      Labels labels = Labels.of("task", TASK, "verdict", verdict.name());
      gauges.add(Metric.PATHS, count(verdict), labels);
    }
    gauges.add(Metric.FAILED_PATHS, tally.failed());
    gauges.add(Metric.OMITTED_PATHS, omitted + Math.max(0, unknown.size() - left));
    gauges.add(Metric.SCAN_COMPLETE, tally.complete() ? 1 : 0);
    if (tally.complete() || tally.badRanges() > 0) { // Otherwise 0 would claim more than is known.
      gauges.add(Metric.SCAN_BAD_BYTES, tally.badBytes());
      gauges.add(Metric.SCAN_BAD_RANGES, tally.badRanges());
    }
    gauges.addTime(TASK);
    target.accept(gauges.snapshots());
  }

  private long count(Verdict verdict) {
    return tally.reported(verdict) + (verdict == Verdict.UNKNOWN ? tally.failed() : 0);
  }

  private static void add(Gauges gauges, String path, Verdict verdict, PathState state) {
    Labels labels = Labels.of("path", path);
    gauges.addState(Metric.VERDICT, verdict, labels);
    gauges.add(Metric.COMPLETE, state.complete, labels);
    if (verdict == Verdict.BAD) {
      gauges.add(Metric.LOST_BYTES, state.lostBytes, labels);
    }
    state.devices.forEach(
        (device, sums) -> {
          Labels both = Labels.of("path", path, "device", device);
          gauges.add(Metric.BAD_BYTES, sums[0], both);
          gauges.add(Metric.BAD_RANGES, sums[1], both);
        });
  }
}
