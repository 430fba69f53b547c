package io.github.pmem2j.micrometer;

import io.github.pmem2j.Metric;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.watch.BadBlockWatch;
import io.github.pmem2j.watch.WatchStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Binds a {@link BadBlockWatch} to a registry. Reading a meter costs no system call. {@link Metric}
 * has the names, units and descriptions; the command line exports the same ones for Prometheus.
 *
 * <ul>
 *   <li>{@link Metric#WATCH_FOUND} and {@link Metric#WATCH_CLEARED}: counters of ranges
 *   <li>{@link Metric#WATCH_LISTED}: how many ranges the watched lists have
 *   <li>{@link Metric#PATHS}, with the tags {@code verdict} and {@code task="watch"}
 *   <li>{@link Metric#VERDICT}, with the tags {@code path} and {@code pmem2j.verdict}: four gauges
 *       for each watched path, of which one is 1
 *   <li>{@link Metric#WATCH_RUNNING}: 1 while the watch reports changes, else 0
 *   <li>{@link Metric#WATCH_UNWATCHED}: how many obstacles keep it from reporting all
 *   <li>{@link Metric#WATCH_LISTENER_FAILURES}: a counter of calls that ended in an exception
 *   <li>{@link Metric#LAST_SCAN}, with the tag {@code task="watch"}: when a scan last ended; a
 *       watch scans only when something changes
 * </ul>
 *
 * <p>Alert on {@code pmem2j.paths{verdict="BAD"} > 0}, and on {@code pmem2j.watch.running == 0}.
 *
 * <p>A registry keeps the first meter of a name and its tags. To open another watch in place of
 * this one, {@linkplain #close close} this first; for several watches at once, give each its own
 * tags. Thread-safe.
 */
public final class BadBlockWatchMetrics implements MeterBinder, AutoCloseable {
  private static final Tag TASK = Tag.of("task", "watch");

  private final BadBlockWatch watch;
  private final List<Tag> tags;
  private final List<Runnable> removals = new CopyOnWriteArrayList<>();

  /**
   * Makes a binder.
   *
   * @param watch the watch; the registry keeps no strong reference to it
   */
  public BadBlockWatchMetrics(BadBlockWatch watch) {
    this(watch, List.of());
  }

  /**
   * Makes a binder whose meters have additional tags.
   *
   * @param watch the watch
   * @param tags for every meter
   */
  public BadBlockWatchMetrics(BadBlockWatch watch, Iterable<Tag> tags) {
    this.watch = Objects.requireNonNull(watch, "watch");
    this.tags = new ArrayList<>();
    tags.forEach(this.tags::add);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Target target = new Target(registry, Set.copyOf(registry.getMeters()));
    counter(target, Metric.WATCH_FOUND, WatchStatus::found);
    counter(target, Metric.WATCH_CLEARED, WatchStatus::cleared);
    counter(target, Metric.WATCH_LISTENER_FAILURES, WatchStatus::listenerFailures);
    gauge(target, Metric.WATCH_LISTED, List.of(), WatchStatus::badRanges);
    gauge(target, Metric.WATCH_RUNNING, List.of(), status -> status.running() ? 1 : 0);
    gauge(target, Metric.WATCH_UNWATCHED, List.of(), status -> status.unwatched().size());
    for (Verdict verdict : Verdict.values()) {
      gauge(
          target,
          Metric.PATHS,
          List.of(TASK, Tag.of("verdict", verdict.name())),
          status -> count(status, verdict));
      for (Path path : watch.status().verdicts().keySet()) {
        gauge(
            target,
            Metric.VERDICT,
            List.of(
                Tag.of("path", PathBytes.label(path)),
                Tag.of(Metric.VERDICT.key(), verdict.name())),
            status -> status.verdicts().get(path) == verdict ? 1 : 0);
      }
    }
    keep(
        target,
        TimeGauge.builder(
                Metric.LAST_SCAN.key(),
                watch,
                TimeUnit.MILLISECONDS,
                w -> w.status().lastScan().toEpochMilli())
            .description(Metric.LAST_SCAN.description())
            .tags(tags)
            .tags(List.of(TASK))
            .register(target.registry()));
  }

  /**
   * A registry, and the meters that others have bound to it: binding one of the same name and tags
   * returns that one.
   */
  private record Target(MeterRegistry registry, Set<Meter> before) {}

  private void keep(Target target, Meter meter) {
    if (!target.before().contains(meter)) {
      removals.add(() -> target.registry().remove(meter));
    }
  }

  /**
   * Removes the meters from every registry that they were bound to, but none that was there before.
   * Does not close the watch.
   */
  @Override
  public void close() {
    removals.forEach(Runnable::run);
    removals.clear();
  }

  private void counter(Target target, Metric metric, ToDoubleFunction<WatchStatus> value) {
    keep(
        target,
        FunctionCounter.builder(metric.key(), watch, w -> value.applyAsDouble(w.status()))
            .description(metric.description())
            .baseUnit(metric.unit())
            .tags(tags)
            .register(target.registry()));
  }

  private void gauge(
      Target target, Metric metric, List<Tag> own, ToDoubleFunction<WatchStatus> value) {
    keep(
        target,
        Gauge.builder(metric.key(), watch, w -> value.applyAsDouble(w.status()))
            .description(metric.description())
            .tags(tags)
            .tags(own)
            .register(target.registry()));
  }

  private static double count(WatchStatus status, Verdict verdict) {
    return status.verdicts().values().stream().filter(verdict::equals).count();
  }
}
