package io.github.pmem2j.ignite;

import io.github.pmem2j.ignite.NodeReport.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.lang.IgniteFuture;

/** Sends each node its own job, so that none waits for another, and collects the answers. */
final class NodeResponses {
  /** How many threads send jobs, each of which a node may block. */
  private static final int SENDERS = 16;

  private final Ignite ignite;
  private final List<ClusterNode> nodes;
  private final BiConsumer<NodeReport, Integer> listener;
  private final Map<UUID, NodeReport> answers = new HashMap<>();
  private final List<IgniteFuture<byte[]>> asked = new ArrayList<>();
  private int notified;
  private boolean ended;

  NodeResponses(Ignite ignite, List<ClusterNode> nodes, BiConsumer<NodeReport, Integer> listener) {
    this.ignite = ignite;
    this.nodes = nodes;
    this.listener = listener;
  }

  /** Returns after all answers, or the time limit. */
  List<NodeReport> get(ScanJob job, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    ExecutorService senders =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(SENDERS, nodes.size())),
            task -> {
              Thread thread = new Thread(task, "pmem2j cluster scan");
              thread.setDaemon(true);
              return thread;
            });
    try {
      nodes.forEach(node -> senders.execute(() -> ask(node, job)));
      return await(end, "no answer within " + limit);
    } finally {
      senders.shutdown(); // uninterrupted: Ignite may be registering a class
      stop();
    }
  }

  private void ask(ClusterNode node, ScanJob job) {
    if (isEnded()) {
      return;
    }
    try {
      IgniteFuture<byte[]> answer = ignite.compute(ignite.cluster().forNode(node)).callAsync(job);
      add(answer);
      answer.listen(done -> answer(node, read(node, done)));
    } catch (RuntimeException e) {
      answer(node, NodeScan.unknown(node, e));
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  private synchronized void add(IgniteFuture<byte[]> answer) {
    asked.add(answer);
    if (ended) {
      answer.cancel();
    }
  }

  private static NodeReport read(ClusterNode node, IgniteFuture<byte[]> done) {
    try {
      return ScanJob.report(done.get());
    } catch (IOException e) {
      return NodeScan.unknown(
          node,
          Status.FAILED,
          "its answer cannot be read: install the same version of pmem2j on all nodes: " + e);
    } catch (ClassNotFoundException | RuntimeException e) {
      return NodeScan.unknown(node, e);
    }
  }

  private void answer(ClusterNode node, NodeReport report) {
    int count;
    synchronized (this) {
      if (ended) {
        return;
      }
      answers.put(node.id(), report);
      count = answers.size();
    }
    try {
      listener.accept(report, count);
    } finally {
      synchronized (this) {
        notified++;
        notifyAll();
      }
    }
  }

  private synchronized List<NodeReport> await(long end, String late) throws InterruptedException {
    while (notified < nodes.size() && System.nanoTime() - end < 0) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, end - System.nanoTime()));
    }
    ended = true;
    List<NodeReport> all = new ArrayList<>(nodes.size());
    for (ClusterNode node : nodes) {
      NodeReport answer = answers.get(node.id());
      all.add(answer == null ? NodeScan.unknown(node, Status.NO_ANSWER, late) : answer);
    }
    return all;
  }

  /** A node that has not answered stops scanning. */
  private void stop() {
    List<IgniteFuture<byte[]>> open;
    synchronized (this) {
      ended = true;
      open = asked.stream().filter(answer -> !answer.isDone()).toList();
    }
    open.forEach(IgniteFuture::cancel);
  }
}
