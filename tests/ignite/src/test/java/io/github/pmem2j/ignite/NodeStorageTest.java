package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.ignite.NodeReport.Status;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.Ignition;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that has its files in many places, under a name that Ignite made up. */
class NodeStorageTest {
  @TempDir private Path directory;

  private Ignite start() throws IOException {
    IgniteConfiguration configuration =
        ServerNode.server("node", directory.resolve("work"), Cluster.freePort())
            .setConsistentId(null);
    configuration
        .getDataStorageConfiguration()
        .setStoragePath(directory.resolve("main").toString())
        .setExtraStoragePaths(directory.resolve("extra").toString())
        .setWalPath(directory.resolve("wal").toString())
        .setWalArchivePath("archive"); // below the work directory
    Ignite node = Ignition.start(configuration);
    node.cluster().state(ClusterState.ACTIVE);
    return node;
  }

  @Test
  void everyPlaceIsScanned() throws Exception {
    Files.createDirectory(directory.resolve("work"));
    Ignite node = start();
    try (SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      IgniteCache<Integer, byte[]> cache =
          node.createCache(
              new CacheConfiguration<Integer, byte[]>("accounts")
                  .setGroupName("ledger")
                  .setStoragePaths(directory.resolve("extra").toString())
                  .setAffinity(new RendezvousAffinityFunction(false, 4)));
      for (int i = 0; i < 100; i++) {
        cache.put(i, new byte[500]);
      }
      List<String> wanted = new ArrayList<>();
      damage(
          pmem,
          wanted,
          "partition 3 of cache group ledger",
          "extra/db/*/cacheGroup-ledger/part-3.bin");
      damage(pmem, wanted, "index of cache group ledger", "extra/db/*/cacheGroup-ledger/index.bin");
      damage(pmem, wanted, "metastorage", "main/*/metastorage/part-1.bin");
      damage(pmem, wanted, "WAL segment", "wal/*/0000000000000001.wal");
      partOfASnapshot(pmem, wanted);
      cache(node).put(1, new Account(7));
      damageAll(pmem, wanted, "work/db/binary_meta");
      damageAll(pmem, wanted, "work/db/marshaller");

      NodeReport report = ClusterScan.run(node).nodes().get(0);
      assertScanned(wanted, report);
      assertEquals(UUID.fromString(report.consistentId()).toString(), report.consistentId());
      assertEquals(Verdict.BAD, report.verdict());
    } finally {
      Ignition.stop("node", true);
    }
  }

  /** Which is not the node's copy of that partition. */
  private void partOfASnapshot(SimulatedPmem pmem, List<String> wanted) throws IOException {
    Path metastorage = Path.of(wanted.get(2).replaceFirst("[^/]*", "")).getParent();
    Path files = metastorage.resolveSibling("snp").resolve("some/cache-accounts");
    Path file = Files.createDirectories(files).resolve("part-3.bin");
    Files.write(file, new byte[16_384], StandardOpenOption.CREATE, StandardOpenOption.DSYNC);
    pmem.damage(file, 8192, 512);
    wanted.add("other file " + file);
  }

  /** Ignite writes what it knows of this class to files that it needs to read the rows. */
  private static final class Account {
    private final long amount;

    private Account(long amount) {
      this.amount = amount;
    }
  }

  private static IgniteCache<Integer, Account> cache(Ignite node) {
    return node.getOrCreateCache("types");
  }

  /** Damages the beginning of each file of a directory. */
  private void damageAll(SimulatedPmem pmem, List<String> wanted, String name) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory.resolve(name))) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertFalse(files.isEmpty(), name);
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true); // Gives it a block.
      }
      pmem.damage(file, 0, 512);
      wanted.add("other file " + file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"db/node", "db/wal/node", "db/wal/archive/node"})
  void aNodeWithADirectoryMissingIsNotClean(String name) throws Exception {
    Ignite node = Ignition.start(ServerNode.server("node", directory, Cluster.freePort()));
    Path files = directory.resolve(name);
    Path hidden = directory.resolve("hidden");
    try {
      Files.move(files, hidden);
      assertPartlyScanned(node, "the node has no directory in " + files.getParent());
    } finally {
      Files.move(hidden, files);
      Ignition.stop("node", true);
    }
  }

  /** Here a link that leads to itself; on a damaged file system, an inode that is lost. */
  @Test
  void aNodeWithADirectoryThatCannotBeFoundIsNotClean() throws Exception {
    Ignite node = Ignition.start(ServerNode.server("node", directory, Cluster.freePort()));
    Path files = directory.resolve("db/binary_meta");
    Path hidden = directory.resolve("hidden");
    try {
      Files.move(files, hidden);
      Files.createSymbolicLink(files, files);
      assertPartlyScanned(node, "cannot scan " + files);
    } finally {
      Files.delete(files);
      Files.move(hidden, files);
      Ignition.stop("node", true);
    }
  }

  private static void assertPartlyScanned(Ignite node, String message) {
    ClusterReport report = ClusterScan.run(node);
    NodeReport part = report.nodes().get(0);
    assertEquals(Status.PARTLY_SCANNED, part.status(), report::toString);
    assertTrue(part.message().startsWith(message), part::message);
    assertNotEquals(Verdict.CLEAN, report.verdict());
    assertFalse(report.complete());
  }

  @Test
  void aNodeThatKeepsNothingOnDiskHasNothingToScan() throws Exception {
    IgniteConfiguration configuration =
        ServerNode.server("node", directory, Cluster.freePort()).setDataStorageConfiguration(null);
    try (Ignite node = Ignition.start(configuration)) {
      ClusterReport report = ClusterScan.run(node);
      assertEquals(Status.NOT_PERSISTENT, report.nodes().get(0).status(), report::toString);
      assertEquals(Verdict.NOT_PMEM, report.verdict());
      assertTrue(report.complete());
    }
  }

  /** Its pages are in a file that it maps, where a bad block is no exception but SIGBUS. */
  @Test
  void aRegionThatIsMappedFromAFileIsScanned() throws Exception {
    IgniteConfiguration configuration = ServerNode.server("node", directory, Cluster.freePort());
    configuration
        .getDataStorageConfiguration()
        .getDefaultDataRegionConfiguration()
        .setPersistenceEnabled(false)
        .setSwapPath(directory.resolve("swap").toString());
    try (Ignite node = Ignition.start(configuration);
        SimulatedPmem pmem = SimulatedPmem.open(directory)) {
      node.<Integer, Integer>createCache("accounts").put(1, 1);
      List<String> wanted = new ArrayList<>();
      damageAll(pmem, wanted, "swap/node");
      NodeReport report = ClusterScan.run(node).nodes().get(0);
      assertScanned(wanted, report);
    }
  }

  private static void assertScanned(List<String> badFiles, NodeReport report) {
    assertEquals(Status.SCANNED, report.status(), report::toString);
    assertEquals(
        badFiles.stream().sorted().toList(),
        report.badFiles().stream()
            .map(file -> file.contents() + " " + file.path())
            .sorted()
            .toList());
  }

  /** Damages the file that a path with one name left open leads to. */
  private void damage(SimulatedPmem pmem, List<String> wanted, String contents, String glob)
      throws IOException {
    String[] parts = glob.split("/\\*/");
    Path parent = directory.resolve(parts[0]);
    Path folder;
    try (Stream<Path> folders = Files.list(parent)) {
      folder =
          folders
              .filter(path -> path.getFileName().toString().startsWith("node00-"))
              .findAny()
              .orElseThrow();
    }
    Path file = folder.resolve(parts[1]);
    Cluster.await(file + " stays empty", () -> file.toFile().length() > 8192);
    pmem.damage(file, 8192, 512);
    wanted.add(contents + " " + file);
    assertTrue(Files.isRegularFile(file));
  }
}
