package io.github.pmem2j.micrometer;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.watch.BadBlockWatch;
import io.github.pmem2j.watch.WatchStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Binds a {@link BadBlockWatch} to a registry. Reading a meter costs no system call.
 *
 * <ul>
 *   <li>{@code pmem2j.badblocks.found} and {@code pmem2j.badblocks.cleared}: counters of ranges
 *   <li>{@code pmem2j.badblocks.listed}: how many ranges the watched lists have
 *   <li>{@code pmem2j.paths}, with the tag {@code verdict}: how many watched paths have it
 *   <li>{@code pmem2j.watch.running}: 1 while the watch reports changes, else 0
 *   <li>{@code pmem2j.watch.unwatched}: how many obstacles keep it from reporting all
 *   <li>{@code pmem2j.watch.listener.failures}: a counter of calls that ended in an exception
 *   <li>{@code pmem2j.scan.age}: the time since the watched paths were last scanned
 * </ul>
 *
 * <p>Alert on {@code pmem2j.paths{verdict="BAD"} > 0}, and on {@code pmem2j.watch.running == 0}.
 */
public final class BadBlockWatchMetrics implements MeterBinder {
  private static final String PREFIX = "pmem2j.";

  private final BadBlockWatch watch;
  private final List<Tag> tags;

  /**
   * Makes a binder.
   *
   * @param watch the watch; the registry keeps no strong reference to it
   */
  public BadBlockWatchMetrics(BadBlockWatch watch) {
    this(watch, List.of());
  }

  /**
   * Makes a binder whose meters have tags of the embedder's.
   *
   * @param watch the watch
   * @param tags for every meter
   */
  public BadBlockWatchMetrics(BadBlockWatch watch, Iterable<Tag> tags) {
    this.watch = Objects.requireNonNull(watch);
    this.tags = new ArrayList<>();
    tags.forEach(this.tags::add);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    counter(registry, "badblocks.found", "ranges", "Bad ranges found", WatchStatus::found);
    counter(registry, "badblocks.cleared", "ranges", "Bad ranges cleared", WatchStatus::cleared);
    counter(
        registry,
        "watch.listener.failures",
        "calls",
        "Calls of the listener that ended in an exception",
        WatchStatus::listenerFailures);
    gauge(registry, "badblocks.listed", "Bad ranges listed now", WatchStatus::badRanges);
    gauge(
        registry,
        "watch.running",
        "Whether changes are reported",
        status -> status.running() ? 1 : 0);
    gauge(
        registry,
        "watch.unwatched",
        "Obstacles that keep changes from being reported",
        status -> status.unwatched().size());
    for (Verdict verdict : Verdict.values()) {
      Gauge.builder(PREFIX + "paths", watch, w -> count(w.status(), verdict))
          .description("Watched paths by the verdict of the last scan")
          .tags(tags)
          .tag("verdict", verdict.name())
          .register(registry);
    }
    TimeGauge.builder(PREFIX + "scan.age", watch, TimeUnit.MILLISECONDS, w -> age(w.status()))
        .description("The time since the last scan")
        .tags(tags)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String unit,
      String description,
      ToDoubleFunction<WatchStatus> value) {
    FunctionCounter.builder(PREFIX + name, watch, w -> value.applyAsDouble(w.status()))
        .description(description)
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<WatchStatus> value) {
    Gauge.builder(PREFIX + name, watch, w -> value.applyAsDouble(w.status()))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private static double count(WatchStatus status, Verdict verdict) {
    return status.verdicts().values().stream().filter(verdict::equals).count();
  }

  private static double age(WatchStatus status) {
    return Duration.between(status.lastScan(), Instant.now()).toMillis();
  }
}
