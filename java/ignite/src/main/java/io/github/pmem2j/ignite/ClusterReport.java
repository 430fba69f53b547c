package io.github.pmem2j.ignite;

import static java.util.stream.Collectors.joining;

import io.github.pmem2j.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The result of a {@link ClusterScan}. Immutable.
 *
 * @param nodes a report for each node, sorted by consistent ID
 * @param time how long the scan took, from the call to the last answer
 */
public record ClusterReport(List<NodeReport> nodes, Duration time) {
  /**
   * A partition of which at least one copy has bad blocks.
   *
   * @param cache the cache, or the cache group if {@code group}
   * @param group whether several caches share the partition
   * @param partition its number
   * @param nodes the nodes whose copy is bad
   */
  public record BadPartition(String cache, boolean group, int partition, List<NodeReport> nodes) {
    /** Makes one. */
    public BadPartition {
      Objects.requireNonNull(nodes, "nodes");
      Objects.requireNonNull(cache, "cache");
      nodes = List.copyOf(nodes);
    }
  }

  /** Makes a report. */
  public ClusterReport {
    Objects.requireNonNull(nodes, "nodes");
    nodes = nodes.stream().sorted(Comparator.comparing(NodeReport::consistentId)).toList();
    Objects.requireNonNull(time, "time");
  }

  /**
   * The most severe verdict of the nodes.
   *
   * @return {@link Verdict#UNKNOWN} if nothing is known to be bad, but a node was not completely
   *     scanned
   */
  public Verdict verdict() {
    return nodes.stream().map(NodeReport::verdict).reduce(Verdict.NOT_PMEM, Verdict::moreSevere);
  }

  /** {@return whether the report is complete for all nodes: false if there may be more} */
  public boolean complete() {
    return nodes.stream().allMatch(NodeReport::complete);
  }

  /**
   * The partitions of which a copy has bad blocks. If all of its owners are among the nodes, it has
   * no healthy copy: repair it, do not drop it.
   *
   * @return by cache and number
   */
  public List<BadPartition> badPartitions() {
    Map<String, BadPartition> found = new TreeMap<>();
    for (NodeReport node : nodes) {
      for (StorageFile file : node.badFiles()) {
        if (file.role() == StorageFile.Role.PARTITION) {
          found.merge(
              file.cache() + (file.group() ? "/1/" : "/0/") + "%09d".formatted(file.partition()),
              new BadPartition(file.cache(), file.group(), file.partition(), List.of(node)),
              ClusterReport::together);
        }
      }
    }
    return List.copyOf(found.values());
  }

  private static BadPartition together(BadPartition one, BadPartition other) {
    List<NodeReport> all = new ArrayList<>(one.nodes());
    other.nodes().stream().filter(node -> !all.contains(node)).forEach(all::add);
    return new BadPartition(one.cache(), one.group(), one.partition(), all);
  }

  /** {@return a line for the cluster, then the nodes', for people} */
  @Override
  public String toString() {
    return nodes.size()
        + (nodes.size() == 1 ? " node: " : " nodes: ")
        + verdict()
        + (complete() ? "" : " (incomplete)")
        + nodes.stream().map(node -> "\n" + node).collect(joining());
  }
}
