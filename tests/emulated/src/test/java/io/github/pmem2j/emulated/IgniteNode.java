package io.github.pmem2j.emulated;

import io.github.pmem2j.ignite.ClusterScan;
import io.github.pmem2j.ignite.PmemFailureHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.cache.CacheException;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteDataStreamer;
import org.apache.ignite.Ignition;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.cluster.ClusterState;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.configuration.SystemDataRegionConfiguration;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;
import org.apache.ignite.spi.metric.ReadOnlyMetricRegistry;

/**
 * A cluster of one Ignite node that keeps its files in a directory. {@code create DIRECTORY} fills
 * a cache and stops in order; {@code read DIRECTORY} loses a sector of a partition, starts again,
 * scans the cluster, and reads the rows one by one. What the failure handler says is in the node's
 * log, on the standard error.
 */
public final class IgniteNode {
  private static final String NAME = "node";
  private static final String CACHE = "accounts";
  private static final int PARTITIONS = 2;
  private static final int MIB = 1 << 20;

  /** How many rows there are. */
  static final int ROWS = 600;

  /** What the node's log calls the file that is damaged. */
  static final String DAMAGED = "partition 1 of cache " + CACHE;

  private IgniteNode() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[1]);
    if (args[0].equals("create")) {
      create(start(directory));
      Ignition.stop(NAME, false); // with a last checkpoint
    } else {
      damage(directory.resolve("db").resolve(NAME).resolve("cache-" + CACHE).resolve("part-1.bin"));
      read(start(directory));
      Ignition.stop(NAME, true);
    }
    System.exit(0);
  }

  private static void damage(Path file) throws IOException {
    long page = Files.size(file) / 2 / Sectors.PAGE;
    Sectors lost = new Sectors(page * Sectors.PER_PAGE + 3, 1);
    new Machine().disks().get(0).inject(new Sectors(FileExtent.page(file, page).first() + 3, 1));
    System.out.printf("damaged: %s: lost [%d+%d]%n", file, lost.offset(), lost.length());
  }

  private static void create(Ignite node) {
    node.createCache(
        new CacheConfiguration<Integer, byte[]>(CACHE)
            .setAffinity(new RendezvousAffinityFunction(false, PARTITIONS)));
    try (IgniteDataStreamer<Integer, byte[]> rows = node.dataStreamer(CACHE)) {
      for (int id = 0; id < ROWS; id++) {
        rows.addData(id, new byte[1000]);
      }
    }
  }

  private static void read(Ignite node) {
    System.out.println(ClusterScan.of(node).withTrustedLists().run());
    IgniteCache<Integer, byte[]> cache = node.cache(CACHE);
    int intact = 0;
    for (int id = 0; id < ROWS; id++) {
      try {
        intact += cache.get(id).length == 1000 ? 1 : 0;
      } catch (CacheException e) {
        // The failure handler has it.
      }
    }
    System.out.println(intact + " rows are intact");
    ReadOnlyMetricRegistry metrics = node.metrics().getOrCreate(PmemFailureHandler.REGISTRY);
    if (metrics.findMetric("LastMediaError") != null) {
      System.out.println("metric: " + metrics.findMetric("LastMediaError").getAsString());
    }
  }

  private static Ignite start(Path directory) {
    DataRegionConfiguration region =
        new DataRegionConfiguration()
            .setPersistenceEnabled(true)
            .setInitialSize(20 * MIB)
            .setMaxSize(20 * MIB)
            .setCheckpointPageBufferSize(4 * MIB);
    DataStorageConfiguration storage =
        new DataStorageConfiguration()
            .setDefaultDataRegionConfiguration(region)
            .setWalSegments(2)
            .setWalSegmentSize(4 * MIB)
            .setMaxWalArchiveSize(16 * MIB)
            .setSystemDataRegionConfiguration(
                new SystemDataRegionConfiguration().setInitialSize(10 * MIB).setMaxSize(20 * MIB));
    TcpDiscoverySpi discovery = new TcpDiscoverySpi();
    discovery.setLocalAddress("127.0.0.1");
    discovery.setIpFinder(new TcpDiscoveryVmIpFinder(true));
    TcpCommunicationSpi communication = new TcpCommunicationSpi();
    communication.setLocalAddress("127.0.0.1");
    IgniteConfiguration configuration =
        new IgniteConfiguration()
            .setIgniteInstanceName(NAME)
            .setConsistentId(NAME)
            .setWorkDirectory(directory.toString())
            .setDiscoverySpi(discovery)
            .setCommunicationSpi(communication)
            .setDataStorageConfiguration(storage)
            .setMetricsLogFrequency(0)
            .setFailureDetectionTimeout(300_000) // an emulated processor is slow
            .setSystemWorkerBlockedTimeout(300_000)
            // The node keeps running, so that the other rows are read.
            .setFailureHandler(new PmemFailureHandler((ignite, failure) -> false));
    Ignite node = Ignition.start(configuration);
    node.cluster().state(ClusterState.ACTIVE);
    return node;
  }
}
