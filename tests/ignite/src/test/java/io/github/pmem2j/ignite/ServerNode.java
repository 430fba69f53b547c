package io.github.pmem2j.ignite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/** A small server node with persistence. It uses nothing of pmem2j, so it starts without it. */
final class ServerNode {
  private static final int MIB = 1 << 20;

  private ServerNode() {}

  /**
   * Runs until its standard input ends.
   *
   * @param args the node's name, its directory, the cluster's first port, and whether it takes
   *     classes from its peers
   */
  public static void main(String[] args) throws IOException {
    IgniteConfiguration configuration =
        server(args[0], Path.of(args[1]), Integer.parseInt(args[2]))
            .setPeerClassLoadingEnabled(Boolean.parseBoolean(args[3]));
    Ignition.start(configuration);
    System.out.println("started " + args[0]);
    while (System.in.read() >= 0) {
      // wait
    }
    Ignition.stop(args[0], false); // with a last checkpoint, which close() omits
  }

  static IgniteConfiguration server(String name, Path directory, int port) {
    DataRegionConfiguration region =
        new DataRegionConfiguration()
            .setPersistenceEnabled(true)
            .setInitialSize(20 * MIB)
            .setMaxSize(20 * MIB)
            .setCheckpointPageBufferSize(4 * MIB);
    DataStorageConfiguration storage =
        new DataStorageConfiguration()
            .setDefaultDataRegionConfiguration(region)
            .setCheckpointFrequency(1000)
            .setWalSegments(2)
            .setWalSegmentSize(4 * MIB)
            .setMaxWalArchiveSize(16 * MIB);
    return client(name, directory, port).setClientMode(false).setDataStorageConfiguration(storage);
  }

  static IgniteConfiguration client(String name, Path directory, int port) {
    TcpDiscoveryVmIpFinder addresses = new TcpDiscoveryVmIpFinder();
    addresses.setAddresses(List.of("127.0.0.1:" + port + ".." + (port + 9)));
    TcpDiscoverySpi discovery = new TcpDiscoverySpi();
    discovery.setLocalAddress("127.0.0.1");
    discovery.setLocalPort(port).setLocalPortRange(9).setIpFinder(addresses);
    TcpCommunicationSpi communication = new TcpCommunicationSpi();
    communication.setLocalAddress("127.0.0.1").setLocalPort(port + 10).setLocalPortRange(9);
    return new IgniteConfiguration()
        .setIgniteInstanceName(name)
        .setConsistentId(name)
        .setWorkDirectory(directory.toString())
        .setDiscoverySpi(discovery)
        .setCommunicationSpi(communication)
        .setMetricsLogFrequency(0)
        .setPublicThreadPoolSize(2)
        .setSystemThreadPoolSize(4)
        .setClientMode(true);
  }
}
