package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.ignite.ClusterReport.BadPartition;
import io.github.pmem2j.ignite.NodeReport.Status;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteDataStreamer;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four nodes in JVMs of their own, one of them without pmem2j, and a client in this one; each row
 * has one backup.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class ClusterScanTest {
  private static final int ROWS = 3000;
  private static final int PARTITIONS = 16;
  private static final ByteRange LOST = new ByteRange(8192, 512);

  private Cluster cluster;
  private Ignite client;
  private Path directory;
  private Map<Integer, String> rows;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    directory = temporary;
    cluster = new Cluster(directory, false);
    cluster.start("n0");
    cluster.start("n1");
    cluster.start("n2");
    cluster.start("bare", "-cp", NodeProcess.classPathWithoutPmem2j());
    client = cluster.join();
    client.cluster().state(ClusterState.ACTIVE);
    client.cluster().baselineAutoAdjustEnabled(false);
    rows = fill("accounts");
    fill("other");
    simulate("n0", "n1", "n2");
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  @Order(1)
  void everyNodeWithPmem2jIsClean() {
    Set<Integer> answered = ConcurrentHashMap.newKeySet();
    Map<String, Long> progress = new ConcurrentHashMap<>();
    ClusterScanListener listener =
        new ClusterScanListener() {
          @Override
          public void scanned(ClusterNode node, long files) {
            progress.merge((String) node.consistentId(), files, Math::max);
          }

          @Override
          public void answered(NodeReport report, int count, int asked) {
            assertEquals(4, asked);
            answered.add(count);
            if (report.status() == Status.SCANNED) {
              Cluster.await("no progress", () -> progress.containsKey(report.consistentId()));
            }
          }
        };
    ClusterReport report = ClusterScan.of(client).withListener(listener).run();
    assertEquals(Set.of("n0", "n1", "n2"), progress.keySet());
    assertEquals(Set.of(1, 2, 3, 4), answered);
    assertEquals(List.of(), report.badPartitions());
    for (String name : new String[] {"n0", "n1", "n2"}) {
      NodeReport node = Cluster.of(report, name);
      assertEquals(Status.SCANNED, node.status(), node::toString);
      assertTrue(node.complete(), node::toString);
      assertEquals(Set.of(Verdict.CLEAN), node.files().keySet());
      assertTrue(node.fileCount() > PARTITIONS, node::toString);
      assertEquals(ErrorSource.Kind.SCRUBBED, node.sources().get(0).kind());
    }
    bareIsReported(report);
  }

  private static void bareIsReported(ClusterReport report) {
    NodeReport bare = Cluster.of(report, "bare");
    assertEquals(Status.NOT_INSTALLED, bare.status(), report::toString);
    assertTrue(bare.message().contains("class path"), bare.message());
    assertEquals(Verdict.UNKNOWN, bare.verdict());
    assertFalse(report.complete());
  }

  /** As docs/ignite.md says to do it, while nothing is written, so that no counter differs. */
  @Test
  @Order(2)
  void aPartitionMovedAwayComesBack() throws Exception {
    Path file = partition("n1");
    int number = Integer.parseInt(file.getFileName().toString().replaceAll("\\D", ""));
    damage("n1", file);
    theScanNames(file, number);
    theNodeStillHoldsItsLock();

    cluster.process("n1").stop();
    Files.move(file, directory.resolve("bad"));
    cluster.start("n1").await();
    simulate("n1");
    Map<Integer, String> those = new HashMap<>(rows);
    those.keySet().removeIf(key -> client.affinity("accounts").partition(key) != number);
    assertFalse(those.isEmpty());
    Cluster.await(
        "partition " + number + " does not come back to n1",
        () -> count("n1", those) == those.size());
    everyRowIsThere();
    assertEquals(Verdict.CLEAN, Cluster.of(ClusterScan.run(client), "n1").verdict());
  }

  /** As docs/ignite.md says to do it where a node did not stop in order. */
  @Test
  @Order(3)
  void aKilledNodeComesBackWithoutItsFiles() throws Exception {
    Map<Integer, String> those = new HashMap<>(rows);
    those.keySet().removeIf(key -> !isOn("n2", key));
    assertEquals(those.size(), count("n2", those));
    cluster.process("n2").close();
    for (String files : new String[] {"db", "db/wal", "db/wal/archive"}) {
      Files.move(
          directory.resolve(files).resolve("n2"),
          directory.resolve("old-" + files.replace('/', '-')));
    }
    cluster.start("n2").await();
    simulate("n2");
    Cluster.await("n2 is not filled", () -> count("n2", those) == those.size());
    everyRowIsThere();
  }

  @Test
  @Order(4)
  void aNodeThatDoesNotAnswerCostsOnlyItsPart() throws Exception {
    cluster.process("n2").signal("STOP");
    ClusterReport late = ClusterScan.of(client).withTimeLimit(Duration.ofSeconds(3)).run();
    assertTrue(late.time().toSeconds() < 8, late::toString);
    assertEquals(Status.NO_ANSWER, Cluster.of(late, "n2").status(), late::toString);
    assertEquals(Status.SCANNED, Cluster.of(late, "n0").status(), late::toString);
    bareIsReported(late);
  }

  @Test
  @Order(5)
  void aNodeThatLeavesCostsOnlyItsPart() throws Exception {
    CountDownLatch others = new CountDownLatch(3);
    ClusterScanListener listener =
        new ClusterScanListener() {
          @Override
          public void answered(NodeReport report, int answered, int asked) {
            others.countDown();
          }
        };
    CompletableFuture<ClusterReport> running =
        CompletableFuture.supplyAsync(() -> ClusterScan.of(client).withListener(listener).run());
    assertTrue(others.await(60, TimeUnit.SECONDS));
    cluster.process("n2").close();
    ClusterReport left = running.get(60, TimeUnit.SECONDS);
    assertEquals(Status.FAILED, Cluster.of(left, "n2").status(), left::toString);
    assertEquals(Status.SCANNED, Cluster.of(left, "n0").status(), left::toString);
    bareIsReported(left);
    theNextScanReportsTheNodeOfTheBaseline("n2");
  }

  private void theNextScanReportsTheNodeOfTheBaseline(String name) {
    ClusterReport next = ClusterScan.run(client);
    assertEquals(Status.FAILED, Cluster.of(next, name).status(), next::toString);
    assertTrue(Cluster.of(next, name).message().contains("not in the cluster"), next::toString);
    assertEquals(Verdict.UNKNOWN, Cluster.of(next, name).verdict());
  }

  private boolean isOn(String name, int key) {
    return client.<Integer>affinity("accounts").mapKeyToPrimaryAndBackups(key).stream()
        .anyMatch(node -> node.consistentId().equals(name));
  }

  private void everyRowIsThere() {
    IgniteCache<Integer, String> cache = client.cache("accounts");
    assertEquals(rows, cache.getAll(rows.keySet()));
  }

  private Map<Integer, String> fill(String name) {
    client.createCache(
        new CacheConfiguration<Integer, String>(name)
            .setBackups(1)
            .setAffinity(new RendezvousAffinityFunction(false, PARTITIONS)));
    Map<Integer, String> filled = new HashMap<>();
    try (IgniteDataStreamer<Integer, String> streamer = client.dataStreamer(name)) {
      for (int i = 0; i < ROWS; i++) {
        filled.put(i, "row " + i + " of " + name);
        streamer.addData(i, filled.get(i));
      }
    }
    return filled;
  }

  private void simulate(String... names) {
    for (String name : names) {
      client.compute(cluster.node(name)).run(new OnNode.Simulate(directory.resolve("db")));
    }
  }

  /** The first partition of which a node has rows on disk. */
  private Path partition(String node) {
    Path files = cluster.files(node, "accounts");
    for (int i = 0; i < PARTITIONS; i++) {
      Path file = files.resolve("part-" + i + ".bin");
      if (Files.exists(file)) {
        Cluster.await("no checkpoint", () -> size(file) > LOST.end());
        return file;
      }
    }
    throw new AssertionError("no partition in " + files);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void damage(String node, Path file) {
    client.compute(cluster.node(node)).run(new OnNode.Damage(file, LOST));
  }

  private void theScanNames(Path file, int number) {
    ClusterReport report = ClusterScan.run(client);
    assertEquals(Verdict.BAD, report.verdict());
    NodeReport n1 = Cluster.of(report, "n1");
    assertEquals(
        List.of(new BadPartition("accounts", false, number, List.of(n1))), report.badPartitions());
    assertEquals(Status.SCANNED, n1.status());
    assertEquals(1, n1.badFiles().size(), n1::toString);
    StorageFile bad = n1.badFiles().get(0);
    assertEquals(file.toString(), bad.path());
    assertEquals(RangeSet.of(LOST), bad.lost());
    assertEquals("partition " + number + " of cache accounts", bad.contents());
    assertEquals(Verdict.CLEAN, Cluster.of(report, "n0").verdict());
    assertEquals(Verdict.CLEAN, Cluster.of(report, "n2").verdict());
  }

  /** Closing any descriptor of its file would release it. */
  private void theNodeStillHoldsItsLock() throws IOException {
    Path lock = directory.resolve("db/n1/lock");
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      assertNull(channel.tryLock());
    }
  }

  private int count(String node, Map<Integer, String> rows) {
    return client.compute(cluster.node(node)).call(new OnNode.Count("accounts", rows));
  }
}
