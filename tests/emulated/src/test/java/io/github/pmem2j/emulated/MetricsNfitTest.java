package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From an injected error to the alert: the metrics of a scan, and of a status, in Prometheus. */
@Tag("nfit")
@ExtendWith(MachineExtension.class)
class MetricsNfitTest {
  private static final String FIRING = "ALERTS{alertstate=\"firing\",alertname=\"%s\",%s}";

  private Path scanned;
  private Path status;

  private void assertCodes(int expected, Path directory) throws IOException {
    Command.Result scan =
        CommandLine.run("scan", "--recursive", "--openmetrics", scanned, directory);
    assertEquals(expected, scan.exitCode(), scan::toString);
    Command.Result all = CommandLine.run("status", "--openmetrics", status, directory);
    assertEquals(expected, all.exitCode(), all::toString);
    Prometheus.check(scanned);
    Prometheus.check(status);
  }

  @Test
  void anInjectedErrorFiresAnAlert(Machine machine, @TempDir Path textfiles) throws IOException {
    scanned = textfiles.resolve("pmem2j-scan.prom");
    status = textfiles.resolve("pmem2j-status.prom");
    Namespace fsdax = NfitTest.fsdax();
    String device = fsdax.device().getFileName().toString();
    Path mount = machine.ext4(fsdax.device());
    TestFile file = TestFile.create(mount.resolve("orders.db"), 16);
    try (Prometheus prometheus = new Prometheus(textfiles)) {
      assertCodes(0, mount);
      prometheus.await("pmem2j_paths{verdict=\"CLEAN\"} == 1");
      prometheus.await("pmem2j_device_bad_bytes{device=\"" + device + "\"} == 0");
      assertTrue(prometheus.query("ALERTS").contains("\"result\":[]"), prometheus.query("ALERTS"));

      NfitTest.inject(fsdax, FileExtent.page(file.path(), 5));
      assertCodes(1, mount);

      String labels = "path=\"" + file.path() + "\",device=\"" + device + "\"";
      prometheus.await(FIRING.formatted("Pmem2jBadBlocks", labels));
      prometheus.await("pmem2j_bad_bytes{" + labels + "} == " + Sectors.PAGE);
      labels = "device=\"" + device + "\"";
      prometheus.await(FIRING.formatted("Pmem2jDeviceBadBlocks", labels));
      prometheus.await(
          "pmem2j_device_info{"
              + labels
              + ",mode=\"fsdax\",provider=\"nfit_test.0\",source=\"SCRUBBED\"}");
      System.out.println(prometheus.query("{__name__=~\"pmem2j_.*\"}"));
      System.out.println(Files.readString(scanned) + Files.readString(status));
    }
  }
}
