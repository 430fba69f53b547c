package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.testkit.SimulatedPmem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the scan of a cluster grows with its nodes: its time beside that of the slowest node's own
 * scan. All nodes are in this JVM and speak TCP. tests/bench/cluster runs it.
 */
class GrowthBenchmark {
  private static final int FILES = 1000;
  private static final int ROUNDS = 60;

  @TempDir private Path directory;

  @Test
  void grows() throws IOException {
    int port = Cluster.freePort();
    List<Ignite> nodes = new ArrayList<>();
    try {
      for (int count : new int[] {2, 4, 8}) {
        while (nodes.size() < count) {
          nodes.add(start("node" + nodes.size(), port));
        }
        SimulatedPmem pmem = SimulatedPmem.open(directory.resolve("db"));
        try {
          measure(nodes.get(0), count);
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

  private static void measure(Ignite caller, int count) {
    List<Long> whole = new ArrayList<>();
    List<Long> slowest = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      ClusterReport report = ClusterScan.run(caller);
      assertEquals(count, report.nodes().size());
      assertEquals(Verdict.CLEAN, report.verdict(), report::toString);
      if (round >= ROUNDS / 3) { // warm by then
        whole.add(report.time().toNanos());
        slowest.add(
            report.nodes().stream()
                .map(NodeReport::time)
                .max(Comparator.naturalOrder())
                .map(Duration::toNanos)
                .orElseThrow());
      }
    }
    double ours = median(whole) / 1e6;
    double theirs = median(slowest) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "| scan of a cluster of %d nodes with %,d files each | %.3g ms"
            + " | the slowest node's own scan: %.3g ms | %.3g | ≤ 1.3 |%n",
        count,
        FILES,
        ours,
        theirs,
        ours / theirs);
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
