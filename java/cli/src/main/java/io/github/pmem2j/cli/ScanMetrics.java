package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.Metric;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.Verdict;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics of a scan. Only paths that are bad or unknown have metrics of their own, and at most
 * {@link #MAX_PATHS} do, bad ones first: a fleet with a million good files has not a million
 * series.
 */
final class ScanMetrics {
  static final int MAX_PATHS = 1000;

  private static final String TASK = "scan";

  /** What is known of a path that has metrics of its own. */
  private record PathState(boolean complete, long lostBytes, Map<String, long[]> devices) {}

  private final boolean requirePmem;
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private final Map<String, PathState> bad = new LinkedHashMap<>();
  private final Map<String, PathState> unknown = new LinkedHashMap<>();
  private long failed;
  private long omitted;
  private long bytes;
  private long ranges;
  private boolean complete = true;

  /**
   * Without paths yet.
   *
   * @param requirePmem whether a path that is not on persistent memory is unknown
   */
  ScanMetrics(boolean requirePmem) {
    this.requirePmem = requirePmem;
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(verdict, 0L);
    }
  }

  /** Adds a path. */
  void add(BadBlockReport report) {
    boolean unwanted = requirePmem && report.verdict() == Verdict.NOT_PMEM;
    Verdict verdict = unwanted ? Verdict.UNKNOWN : report.verdict();
    verdicts.merge(verdict, 1L, Long::sum);
    complete &= report.complete() && !unwanted;
    if (verdict == Verdict.UNKNOWN) {
      keep(unknown, report.path(), new PathState(false, 0, Map.of()));
    } else if (verdict == Verdict.BAD) {
      Map<String, long[]> devices = new TreeMap<>();
      for (BadRange range : report.badRanges()) {
        long[] sums = devices.computeIfAbsent(range.device(), device -> new long[2]);
        sums[0] += range.length();
        sums[1]++;
        bytes += range.length();
        ranges++;
      }
      keep(bad, report.path(), new PathState(report.complete(), report.lost().total(), devices));
    }
  }

  /** Adds a path that could not be scanned. */
  void addFailed(Path path) {
    failed++;
    complete = false;
    verdicts.merge(Verdict.UNKNOWN, 1L, Long::sum);
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

  /** All metrics at the end of the scan. */
  MetricSnapshots snapshots() {
    Gauges gauges = new Gauges();
    bad.forEach((path, state) -> add(gauges, path, Verdict.BAD, state));
    long room = MAX_PATHS - bad.size();
    unknown.keySet().removeAll(bad.keySet()); // Named twice, and changed meanwhile.
    unknown.entrySet().stream()
        .limit(room)
        .forEach(each -> add(gauges, each.getKey(), Verdict.UNKNOWN, each.getValue()));
    verdicts.forEach(
        (verdict, count) ->
            gauges.add(Metric.PATHS, count, Labels.of("task", TASK, "verdict", verdict.name())));
    gauges.add(Metric.FAILED_PATHS, failed);
    gauges.add(Metric.OMITTED_PATHS, omitted + Math.max(0, unknown.size() - room));
    gauges.add(Metric.SCAN_COMPLETE, complete ? 1 : 0);
    if (complete || ranges > 0) { // Else 0 would say more than is known.
      gauges.add(Metric.SCAN_BAD_BYTES, bytes);
      gauges.add(Metric.SCAN_BAD_RANGES, ranges);
    }
    gauges.addTime(TASK);
    return gauges.snapshots();
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
