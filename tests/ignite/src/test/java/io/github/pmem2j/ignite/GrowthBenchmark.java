package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.apache.ignite.lang.IgniteRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the scan of a cluster grows with its nodes. All nodes are in this JVM, speak TCP, and share
 * its processors, which nodes of a real cluster do not: so the peer is the same scans, started at
 * once by threads of their own, without Ignite. With a processor for each it would take as long as
 * the slowest node's own scan. The two take turns, with an empty broadcast before the peer, where
 * it cannot speed up the scan. tests/bench/cluster runs it.
 */
class GrowthBenchmark {
  private static final int FILES = 1000;
  private static final int ROUNDS = 40;

  /** A round runs the scan of a file 1,000 times, but Ignite's compute grid once. */
  private static final int FIRST_WARM_UP = 220;

  private static final int WARM_UP = 20;

  @TempDir private Path directory;

  @Test
  void grows() throws Exception {
    int port = Cluster.freePort();
    List<Ignite> nodes = new ArrayList<>();
    try {
      for (int count : new int[] {2, 4, 8}) {
        while (nodes.size() < count) {
          nodes.add(start("node" + nodes.size(), port));
        }
        SimulatedPmem pmem = SimulatedPmem.open(directory.resolve("db"));
        try {
          measure(nodes, count == 2 ? FIRST_WARM_UP : WARM_UP);
        } finally {
          pmem.close();
        }
      }
    } finally {
      nodes.forEach(node -> Ignition.stop(node.name(), true));
    }
  }

  private Ignite start(String name, int port) throws IOException {
    Path files = Files.createDirectories(directory.resolve("db").resolve(name).resolve("files"));
    for (int i = 0; i < FILES; i++) {
      Files.write(files.resolve("file-" + i), new byte[4096]);
    }
    return Ignition.start(ServerNode.server(name, directory, port));
  }

  private static void measure(List<Ignite> nodes, int warmUp) throws Exception {
    List<Long> whole = new ArrayList<>();
    List<Long> slowest = new ArrayList<>();
    List<Long> direct = new ArrayList<>();
    List<Long> empty = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
    try {
      for (int round = -warmUp; round < ROUNDS; round++) {
        ClusterReport report = ClusterScan.run(nodes.get(0));
        assertEquals(nodes.size(), report.nodes().size());
        assertEquals(Verdict.CLEAN, report.verdict(), report::toString);
        long begin = System.nanoTime();
        nodes.get(0).compute().broadcast(new EmptyJob());
        long middle = System.nanoTime();
        for (Future<NodeReport> scan : threads.invokeAll(scans(nodes))) {
          assertEquals(Verdict.CLEAN, scan.get().verdict());
        }
        long end = System.nanoTime();
        if (round >= 0) {
          whole.add(report.time().toNanos());
          empty.add(middle - begin);
          direct.add(end - middle);
          slowest.add(
              report.nodes().stream().mapToLong(node -> node.time().toNanos()).max().orElseThrow());
        }
      }
    } finally {
      threads.shutdown();
    }
    System.out.printf(
        Locale.ROOT,
        "| scan of a cluster of %d nodes with %,d files each | %.3g ms"
            + " | the same scans at once, without Ignite: %.3g ms (an empty broadcast: %.3g ms)"
            + " | %.3g | ≤ 1.3 |%n",
        nodes.size(),
        FILES,
        median(whole),
        median(direct),
        median(empty),
        median(whole) / median(direct));
    System.out.printf(
        Locale.ROOT,
        "%d nodes: the slowest one's own scan: %.3g ms%n",
        nodes.size(),
        median(slowest));
  }

  private static List<Callable<NodeReport>> scans(List<Ignite> nodes) {
    return nodes.stream()
        .<Callable<NodeReport>>map(
            node -> () -> new NodeScan(BadBlockScanner.local(), () -> false, files -> {}).run(node))
        .toList();
  }

  private static final class EmptyJob implements IgniteRunnable {
    private static final long serialVersionUID = 1L;

    @Override
    public void run() {
      // a broadcast's own cost
    }
  }

  /** In milliseconds. */
  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().toList().get(nanos.size() / 2) / 1e6;
  }
}
