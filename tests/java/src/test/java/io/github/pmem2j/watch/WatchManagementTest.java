package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.internal.jni.NoLiveHandles;
import io.github.pmem2j.micrometer.BadBlockWatchMetrics;
import io.github.pmem2j.testkit.FakeDisk;
import io.github.pmem2j.testkit.RecordingListener;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.management.JMX;
import javax.management.MBeanServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What JMX and Micrometer show of a watch. */
@ExtendWith(NoLiveHandles.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchManagementTest {
  private final RecordingListener listener = new RecordingListener();

  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    WatchThread.assertNone();
  }

  @Test
  @SuppressWarnings("try") // A second close is part of the test.
  void theBeanShowsTheStatusUntilItIsClosed(@TempDir Path directory) throws Exception {
    FakeDisk disk = FakeDisk.create(directory);
    disk.list("8 8\n");
    Path nowhere = Path.of("/proc/version");
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try (BadBlockWatch watch =
            BadBlockWatch.open(List.of(directory, nowhere), listener, Watcher.DAEMON, disk.host());
        WatchManagement registration = WatchManagement.register(watch, "orders, \"old\"")) {
      BadBlockWatchMXBean bean =
          JMX.newMXBeanProxy(server, registration.objectName(), BadBlockWatchMXBean.class);
      assertTrue(bean.isRunning());
      assertEquals(List.of(disk.list().toString()), bean.getLists());
      assertTrue(bean.getUnwatched().get(0).startsWith("/proc/version: "));
      assertEquals(1, bean.getBadRanges());
      assertEquals(0, bean.getFound());
      assertEquals(
          Map.of(directory.toString(), "CLEAN", nowhere.toString(), "NOT_PMEM"),
          bean.getVerdicts());
      assertFalse(Instant.parse(bean.getLastScan()).isAfter(Instant.now()));

      disk.list("16 8\n");
      bean.check();
      listener.nextFound();
      listener.nextCleared();
      assertEquals(1, bean.getFound());
      assertEquals(1, bean.getCleared());
      assertEquals(0, bean.getListenerFailures());
      assertThrows(
          IllegalStateException.class, () -> WatchManagement.register(watch, "orders, \"old\""));
      watch.close();
      assertFalse(bean.isRunning());
      registration.close();
      assertFalse(server.isRegistered(registration.objectName()));
      try (WatchManagement other = WatchManagement.register(watch, "orders, \"old\"")) {
        registration.close();
        assertTrue(server.isRegistered(other.objectName()));
      }
    }
  }

  @Test
  @SuppressWarnings("try") // A second close is part of the test.
  void metersFollowTheStatus(@TempDir Path directory) throws Exception {
    FakeDisk disk = FakeDisk.create(directory);
    Path file = Files.write(directory.resolve("a"), new byte[4096]);
    long sector = disk.firstSector(file);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (BadBlockWatch watch =
        BadBlockWatch.open(List.of(file), listener, Watcher.DAEMON, disk.host())) {
      new BadBlockWatchMetrics(watch, Tags.of("database", "orders")).bindTo(registry);
      assertEquals(0, counter(registry, "pmem2j.badblocks.found"));
      assertEquals(1, gauge(registry, "pmem2j.paths", "verdict", "CLEAN"));
      assertEquals(1, gauge(registry, "pmem2j.watch.running"));
      disk.list(sector + " 1\n");
      watch.check();
      listener.nextFound();
      assertEquals(1, counter(registry, "pmem2j.badblocks.found"));
      assertEquals(0, counter(registry, "pmem2j.badblocks.cleared"));
      assertEquals(0, counter(registry, "pmem2j.watch.listener.failures"));
      assertEquals(1, gauge(registry, "pmem2j.badblocks.listed"));
      assertEquals(0, gauge(registry, "pmem2j.paths", "verdict", "CLEAN"));
      assertEquals(1, gauge(registry, "pmem2j.paths", "verdict", "BAD"));
      assertEquals(0, gauge(registry, "pmem2j.watch.unwatched"));
      double time =
          registry.get("pmem2j.last.scan.timestamp").timeGauge().value(TimeUnit.MILLISECONDS);
      assertEquals(watch.status().lastScan().toEpochMilli(), time);
      watch.close();
      assertEquals(0, gauge(registry, "pmem2j.watch.running"));
      assertTrue(
          registry.getMeters().stream()
              .allMatch(meter -> "orders".equals(meter.getId().getTag("database"))));
    }
  }

  /** A registry keeps the first meter of a name: those of a watch that has ended must go. */
  @Test
  void metersOfAnotherWatchTakeTheirPlace(@TempDir Path directory) throws Exception {
    FakeDisk disk = FakeDisk.create(directory);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    for (String name : List.of("a", "b")) {
      Path file = Files.write(directory.resolve(name), new byte[4096]);
      try (BadBlockWatch watch =
              BadBlockWatch.open(List.of(file), listener, Watcher.DAEMON, disk.host());
          BadBlockWatchMetrics metrics = new BadBlockWatchMetrics(watch)) {
        metrics.bindTo(registry);
        assertEquals(1, gauge(registry, "pmem2j.watch.running"));
        assertEquals(
            List.of(file.toString()),
            registry.getMeters().stream()
                .map(meter -> meter.getId().getTag("path"))
                .filter(Objects::nonNull)
                .distinct()
                .toList());
      }
    }
    assertEquals(List.of(), registry.getMeters());
  }

  @Test
  void theMetersOfAnotherWatchStayWhenTheirNamesakesGo(@TempDir Path directory) throws Exception {
    FakeDisk disk = FakeDisk.create(directory);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (BadBlockWatch watch =
            BadBlockWatch.open(List.of(directory), listener, Watcher.DAEMON, disk.host());
        BadBlockWatchMetrics metrics = new BadBlockWatchMetrics(watch)) {
      metrics.bindTo(registry);
      int bound = registry.getMeters().size();
      try (BadBlockWatchMetrics namesakes = new BadBlockWatchMetrics(watch)) {
        namesakes.bindTo(registry);
      }
      assertEquals(bound, registry.getMeters().size());
    }
    assertEquals(List.of(), registry.getMeters());
  }

  private static double counter(SimpleMeterRegistry registry, String name) {
    return registry.get(name).functionCounter().count();
  }

  private static double gauge(SimpleMeterRegistry registry, String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }
}
