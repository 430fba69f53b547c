package io.github.pmem2j.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.Verdict;
import io.github.pmem2j.ignite.NodeReport.Status;
import java.nio.file.Path;
import org.apache.ignite.Ignite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With peer class loading a node gets pmem2j, and its native library, from the caller. */
class PeerClassLoadingTest {
  @TempDir private Path directory;

  @Test
  void aNodeWithoutPmem2jIsScanned() throws Exception {
    try (Cluster cluster = new Cluster(directory, true)) {
      cluster.start("bare", "-cp", NodeProcess.classPathWithoutPmem2j());
      Ignite client = cluster.join();
      for (int i = 0; i < 2; i++) {
        ClusterReport report = ClusterScan.run(client);
        assertEquals(Status.SCANNED, Cluster.of(report, "bare").status(), report::toString);
        assertEquals(Verdict.NOT_PMEM, report.verdict());
      }
    }
  }
}
