package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The units in a real systemd: their restrictions do not prevent a scan. */
@Tag("cxl")
@ExtendWith(MachineExtension.class)
class UnitsCxlTest {
  private static final Path METRICS = Path.of("/var/lib/prometheus/node-exporter");
  private static final Path OUTPUT = Path.of("/run/pmem2j-output");
  private static final String SCAN = "pmem2j-scan.service";
  private static final String WATCH = "pmem2j-watch.service";

  /**
   * Makes the class path visible even if the repository is below /tmp, and keeps the output and the
   * result.
   */
  private static final String[] HARNESS = {
    "BindReadOnlyPaths=" + Command.JAR.getParent(),
    "StandardOutput=append:" + OUTPUT,
    "StandardError=append:" + OUTPUT,
    "RemainAfterExit=yes"
  };

  private static void assertEnded(Systemd systemd, int code) throws IOException {
    Command.Result start = systemd.systemctl("restart", SCAN);
    String output = Files.readString(OUTPUT);
    System.out.println(start + output);
    assertEquals(0, start.exitCode(), output);
    Command.Result shown =
        systemd.systemctl("show", SCAN, "--property=Result", "--property=ExecMainStatus");
    assertEquals("Result=success\nExecMainStatus=" + code + "\n", shown.output(), output);
  }

  private static List<String> metrics(String name) throws IOException {
    return Files.readAllLines(METRICS.resolve(name + ".prom"));
  }

  @Test
  void aScanFindsPoison(Machine machine) throws IOException {
    Files.createDirectories(METRICS);
    Namespace disk = Cxl.namespaces().get(0);
    String device = "{device=\"" + disk.device().getFileName() + "\"";
    Path mount = machine.ext4(disk.device());
    Path file = TestFile.create(mount.resolve("orders.db"), 16).path();
    Cxl.inject(disk, FileExtent.page(file, 5).first() * Sectors.SIZE, Cxl.UNIT);
    try (Systemd systemd = new Systemd(mount)) {
      systemd.set(SCAN, HARNESS);
      assertEnded(systemd, 1);
      assertTrue(
          metrics("pmem2j-scan")
              .contains("pmem2j_bad_bytes" + device + ",path=\"" + file + "\"} 512.0"));
      assertTrue(metrics("pmem2j-scan").contains("pmem2j_scan_complete 1.0"));
      assertTrue(metrics("pmem2j-status").contains("pmem2j_device_bad_bytes" + device + "} 512.0"));
      assertTrue(metrics("pmem2j-status").contains("pmem2j_device_complete" + device + "} 1.0"));

      // A status that fails does not prevent the scan.
      Path status = METRICS.resolve("pmem2j-status.prom");
      Files.delete(status);
      Files.delete(METRICS.resolve("pmem2j-scan.prom"));
      Files.createDirectory(status);
      assertEnded(systemd, 1);
      assertTrue(metrics("pmem2j-scan").contains("pmem2j_scan_complete 1.0"));
      Files.delete(status);

      // If the poison cannot be read, it is unknown, not zero.
      systemd.set(
          SCAN,
          Stream.concat(Stream.of(HARNESS), Stream.of("ProtectKernelTunables=yes"))
              .toArray(String[]::new));
      assertEnded(systemd, 3);
      assertTrue(metrics("pmem2j-scan").contains("pmem2j_scan_complete 0.0"));
      assertTrue(metrics("pmem2j-status").contains("pmem2j_device_complete" + device + "} 0.0"));
      String all = metrics("pmem2j-scan") + "\n" + metrics("pmem2j-status");
      assertFalse(all.contains("bad_bytes"), all);

      systemd.set(WATCH, HARNESS);
      assertEquals(0, systemd.systemctl("start", WATCH).exitCode());
      Sysfs.await("the watch to begin", () -> output().contains("watching 1 list"));
      assertEquals(0, systemd.systemctl("stop", WATCH).exitCode());
      Command.Result shown =
          systemd.systemctl("show", WATCH, "--property=Result", "--property=ActiveState");
      assertEquals("Result=success\nActiveState=inactive\n", shown.output(), output());
    }
  }

  private static String output() {
    try {
      return Files.readString(OUTPUT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
