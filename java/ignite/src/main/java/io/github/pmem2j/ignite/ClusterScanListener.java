package io.github.pmem2j.ignite;

import org.apache.ignite.cluster.ClusterNode;

/**
 * Receives the progress of a {@link ClusterScan}, in threads of Ignite, possibly several at once.
 */
public interface ClusterScanListener {
  /**
   * A node has scanned more files. Called a few times a second for each node.
   *
   * @param node the node
   * @param files how many it has scanned so far
   */
  default void scanned(ClusterNode node, long files) {}

  /**
   * A node has answered, or has failed.
   *
   * @param report its part of the report
   * @param answered how many nodes have answered or failed, with this one
   * @param asked how many nodes there are
   */
  default void answered(NodeReport report, int answered, int asked) {}
}
