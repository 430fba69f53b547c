package io.github.pmem2j.ignite;

import io.github.pmem2j.ignite.NodeReport.Status;
import io.github.pmem2j.scan.BadBlockScanner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteInterruptedException;
import org.apache.ignite.cluster.BaselineNode;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.lang.IgniteBiPredicate;

/**
 * Scans the files of every server node of a cluster for bad blocks: each node scans its own
 * storage, WAL and archive, in a job of Ignite's compute grid, and one report joins the answers. If
 * a node fails, leaves or does not answer, only its part of the report is missing. The scan reads
 * no data and changes nothing; it also works in an inactive cluster.
 *
 * <p>Each node needs pmem2j on its class path, or peer class loading. Immutable and thread-safe.
 */
public final class ClusterScan {
  private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);
  private static final ClusterScanListener SILENT = new ClusterScanListener() {};

  private final Ignite ignite;
  private final Duration limit;
  private final boolean trustLists;
  private final ClusterScanListener listener;

  private ClusterScan(
      Ignite ignite, Duration limit, boolean trustLists, ClusterScanListener listener) {
    this.ignite = Objects.requireNonNull(ignite, "ignite");
    this.limit = limit;
    this.trustLists = trustLists;
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /**
   * A scan of the cluster of a node. It ends after ten minutes at the latest.
   *
   * @param ignite a server or client node
   * @return the scan, which has not started
   */
  public static ClusterScan of(Ignite ignite) {
    return new ClusterScan(ignite, DEFAULT_LIMIT, false, SILENT);
  }

  /**
   * Scans the cluster of a node: {@code of(ignite).run()}.
   *
   * @param ignite a server or client node
   * @return the report
   */
  public static ClusterReport run(Ignite ignite) {
    return of(ignite).run();
  }

  /**
   * The same scan with a time limit. A node stops scanning after nine tenths of it, and reports
   * what it has found; a node that has not answered at its end is reported as {@link
   * Status#NO_ANSWER}.
   *
   * @param time the maximum duration of {@link #run()}
   * @return the scan
   * @throws IllegalArgumentException if it is not positive
   * @throws ArithmeticException if it is longer than 292 years
   */
  public ClusterScan withTimeLimit(Duration time) {
    if (time.toNanos() <= 0) {
      throw new IllegalArgumentException("not a time limit: " + time);
    }
    return new ClusterScan(ignite, time, trustLists, listener);
  }

  /**
   * The same scan with a listener.
   *
   * @param progress receives the progress
   * @return the scan
   */
  public ClusterScan withListener(ClusterScanListener progress) {
    Objects.requireNonNull(progress, "progress");
    return new ClusterScan(ignite, limit, trustLists, progress);
  }

  /**
   * The same scan, with {@link BadBlockScanner#trustingLists()} on each node.
   *
   * @return the scan
   */
  public ClusterScan withTrustedLists() {
    return new ClusterScan(ignite, limit, true, listener);
  }

  /**
   * Scans the cluster, and waits for the answers.
   *
   * @return a report with a part for each server node, and for each node of the baseline that has
   *     left
   * @throws IgniteInterruptedException if the thread is interrupted; its interrupt is set again
   */
  public ClusterReport run() {
    long begin = System.nanoTime();
    List<ClusterNode> nodes = List.copyOf(ignite.cluster().forServers().nodes());
    List<NodeReport> absent = absent(nodes);
    String topic = listener == SILENT ? null : "io.github.pmem2j.ignite." + UUID.randomUUID();
    ScanJob job =
        new ScanJob(limit.toNanos() / 10 * 9, trustLists, ignite.cluster().localNode().id(), topic);
    NodeResponses answers =
        new NodeResponses(
            ignite,
            nodes,
            (report, count) -> notify(() -> listener.answered(report, count, nodes.size())));
    IgniteBiPredicate<UUID, Long> progress = this::scanned;
    if (topic != null) {
      ignite.message().localListen(topic, progress);
    }
    try {
      List<NodeReport> reports = new ArrayList<>(answers.get(job, limit));
      reports.addAll(absent);
      return new ClusterReport(reports, Duration.ofNanos(System.nanoTime() - begin));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IgniteInterruptedException("interrupted while scanning the cluster");
    } finally {
      if (topic != null) {
        ignite.message().stopLocalListen(topic, progress);
      }
    }
  }

  /** The nodes that hold partitions, but have left. */
  private List<NodeReport> absent(List<ClusterNode> nodes) {
    Set<Object> present = new HashSet<>();
    nodes.forEach(node -> present.add(node.consistentId()));
    Collection<BaselineNode> baseline = ignite.cluster().currentBaselineTopology();
    return baseline == null
        ? List.of()
        : baseline.stream()
            .filter(node -> !present.contains(node.consistentId()))
            .map(node -> NodeScan.absent(node.consistentId()))
            .toList();
  }

  private boolean scanned(UUID nodeId, Long files) {
    ClusterNode node = ignite.cluster().node(nodeId);
    if (node != null) {
      notify(() -> listener.scanned(node, files));
    }
    return true;
  }

  private void notify(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      ignite.log().warning("a listener of a cluster scan failed", e);
    }
  }
}
