package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.apache.ignite.cluster.ClusterGroup;
import org.apache.ignite.configuration.IgniteConfiguration;

/** Server nodes in JVMs of their own, and a client node in this one. */
final class Cluster implements AutoCloseable {
  private final Path directory;
  private final int port;
  private final boolean peerClassLoading;
  private final Map<String, NodeProcess> nodes = new HashMap<>();
  private Ignite client;

  Cluster(Path directory, boolean peerClassLoading) throws IOException {
    this.directory = directory;
    this.peerClassLoading = peerClassLoading;
    this.port = freePort();
  }

  /** The first of 20 ports that no other cluster is likely to take. */
  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort() / 20 * 20;
    }
  }

  /** Starts a node, with options of its JVM. It is not waited for. */
  NodeProcess start(String name, String... options) throws IOException {
    NodeProcess node = NodeProcess.start(name, directory, port, peerClassLoading, options);
    NodeProcess before = nodes.put(name, node);
    if (before != null) {
      before.close();
    }
    return node;
  }

  /** Waits for all nodes and joins them as a client. */
  Ignite join() throws IOException {
    for (NodeProcess node : nodes.values()) {
      node.await();
    }
    IgniteConfiguration configuration = ServerNode.client("client", directory, port);
    configuration.setPeerClassLoadingEnabled(peerClassLoading);
    client = Ignition.start(configuration);
    assertEquals(nodes.size(), client.cluster().forServers().nodes().size());
    return client;
  }

  NodeProcess process(String name) {
    return nodes.get(name);
  }

  /** One node, to run something there. */
  ClusterGroup node(String name) {
    return client.cluster().forPredicate(node -> node.consistentId().equals(name));
  }

  /** Where a node keeps the files of a cache. */
  Path files(String name, String cache) {
    return directory.resolve("db").resolve(name).resolve("cache-" + cache);
  }

  static NodeReport of(ClusterReport report, String name) {
    List<NodeReport> found =
        report.nodes().stream().filter(node -> node.consistentId().equals(name)).toList();
    assertEquals(1, found.size(), report::toString);
    return found.get(0);
  }

  /** Waits until something holds, which others bring about. */
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    nodes.values().forEach(NodeProcess::close);
  }
}
