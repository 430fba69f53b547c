package io.github.pmem2j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ChildJvm;
import io.github.pmem2j.Metric;
import io.github.pmem2j.cli.FatJar.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scan} and {@code status} write with {@code --openmetrics}. */
@Tag("slow")
class MetricsTest {
  private static final int MAX_PATHS = 1000;

  @TempDir private Path directory;

  private Path data;
  private Path metrics;

  @BeforeEach
  void make() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    metrics = directory.resolve("pmem2j.prom");
  }

  private static Result sh(String script) throws IOException {
    return FatJar.execute(Map.of("LC_ALL", "C"), List.of("sh", "-c", script));
  }

  /** Runs the command line where {@link #data} is on simulated persistent memory. */
  private ChildJvm.Result simulated(Object... arguments) throws IOException {
    return SimulatedRun.in(data, arguments);
  }

  private Path file(String name) throws IOException {
    return Files.write(data.resolve(name), new byte[16384]);
  }

  private List<String> samples() throws IOException {
    return Files.readAllLines(metrics).stream()
        .filter(line -> !line.startsWith("#") && !line.startsWith("pmem2j_last_scan"))
        .toList();
  }

  private String total(String name) throws IOException {
    return samples().stream()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .collect(Collectors.joining("\n"));
  }

  private static String paths(int clean, int bad, int unknown, int notPmem) {
    String verdict = "pmem2j_paths{task=\"scan\",verdict=\"%s\"} %d.0";
    return String.join(
        "\n",
        verdict.formatted("BAD", bad),
        verdict.formatted("CLEAN", clean),
        verdict.formatted("NOT_PMEM", notPmem),
        verdict.formatted("UNKNOWN", unknown));
  }

  @Test
  void aBadFileAmongGoodOnes() throws IOException {
    file("good");
    file("bad");
    Instant before = Instant.now();
    assertEquals(
        ExitCodes.BAD_BLOCKS, simulated("scan", "-r", "--openmetrics", metrics, data).exit());
    String path = "path=\"" + data.resolve("bad") + "\"";
    assertEquals(
        """
        pmem2j_bad_bytes{device="pmem0",%s} 512.0
        pmem2j_bad_ranges{device="pmem0",%s} 1.0
        pmem2j_complete{%s} 1.0
        pmem2j_failed_paths 0.0
        pmem2j_lost_bytes{%s} 512.0
        pmem2j_omitted_paths 0.0
        PATHS
        pmem2j_scan_bad_bytes 512.0
        pmem2j_scan_bad_ranges 1.0
        pmem2j_scan_complete 1.0
        pmem2j_verdict{%s,pmem2j_verdict="BAD"} 1
        pmem2j_verdict{%s,pmem2j_verdict="CLEAN"} 0
        pmem2j_verdict{%s,pmem2j_verdict="NOT_PMEM"} 0
        pmem2j_verdict{%s,pmem2j_verdict="UNKNOWN"} 0"""
            .replace("%s", path)
            .replace("PATHS", paths(1, 1, 0, 0)),
        String.join("\n", samples()));
    String text = Files.readString(metrics);
    assertTrue(text.endsWith("\n# EOF\n"), text);
    double time =
        Double.parseDouble(
            text.lines()
                .filter(
                    line -> line.startsWith("pmem2j_last_scan_timestamp_seconds{task=\"scan\"}"))
                .findFirst()
                .orElseThrow()
                .split(" ")[1]);
    assertTrue(time >= before.getEpochSecond() && time < before.getEpochSecond() + 60, text);
  }

  /** Zero would say that nothing is bad. */
  @Test
  void whatIsUnknownIsNotZero() throws IOException {
    assertEquals(
        ExitCodes.UNKNOWN,
        FatJar.run("scan", "--require-pmem", "--openmetrics", metrics, "/proc/version").code());
    assertEquals(paths(0, 0, 1, 0), total("pmem2j_paths"));
    assertEquals("pmem2j_scan_complete 0.0", total("pmem2j_scan_complete"));
    assertEquals("pmem2j_complete{path=\"/proc/version\"} 0.0", total("pmem2j_complete"));
    assertTrue(
        samples().contains("pmem2j_verdict{path=\"/proc/version\",pmem2j_verdict=\"UNKNOWN\"} 1"));
    assertFalse(Files.readString(metrics).contains("bad_"), Files.readString(metrics));
  }

  /** A path that cannot be scanned must not hide what is bad in others. */
  @Test
  void aFailureIsUnknown() throws IOException {
    Path bad = file("bad");
    Path none = data.resolve("none");
    assertEquals(ExitCodes.ERROR, simulated("scan", "--openmetrics", metrics, none, bad).exit());
    assertEquals("pmem2j_failed_paths 1.0", total("pmem2j_failed_paths"));
    assertEquals(paths(0, 1, 1, 0), total("pmem2j_paths"));
    assertEquals("pmem2j_scan_bad_bytes 512.0", total("pmem2j_scan_bad_bytes"));
    assertEquals("pmem2j_scan_complete 0.0", total("pmem2j_scan_complete"));
    assertTrue(samples().contains("pmem2j_complete{path=\"" + none + "\"} 0.0"));
  }

  @Test
  void notOnPersistentMemory() throws IOException {
    FatJar.run("scan", "--openmetrics", metrics, "/proc/version");
    assertEquals(paths(0, 0, 0, 1), total("pmem2j_paths"));
    assertEquals("", total("pmem2j_verdict"));
  }

  /** Bad paths are named before unknown ones. */
  @Test
  void aLimitedNumberOfPathsIsNamed() throws IOException {
    List<Object> arguments = new ArrayList<>(List.of("scan", "--openmetrics", metrics));
    for (int i = 0; i < MAX_PATHS + 5; i++) {
      arguments.add("/none/" + i);
    }
    arguments.add(file("bad"));
    assertEquals(ExitCodes.ERROR, simulated(arguments.toArray()).exit());
    assertEquals(MAX_PATHS, total("pmem2j_complete").lines().count());
    assertEquals("pmem2j_omitted_paths 6.0", total("pmem2j_omitted_paths"));
    assertEquals(1, total("pmem2j_bad_bytes").lines().count());
  }

  /** Two that look alike, one that is no UTF-8, and one that looks like the end of a label. */
  @Test
  void hostileNames() throws IOException {
    assertEquals(
        "",
        sh("cd "
                + data
                + " && for n in 'bad\\nb' 'bad\\\\012b' 'bad\\351' 'bad\\\\xe9'"
                + " 'bad\"} 7'; do head -c 16384 /dev/zero >\"$(printf \"$n\")\"; done")
            .err());
    simulated("scan", "-r", "--openmetrics", metrics, data, data);
    assertEquals(
        Set.of("\\nb", "\\\\\\\\012b", "\\\\xe9", "\\\\\\\\xe9", "\\\"} 7"),
        total("pmem2j_bad_bytes")
            .lines()
            .map(line -> line.replaceAll(".*/bad(.*)\"} 512.0", "$1"))
            .collect(Collectors.toSet()));
  }

  // The file

  @Test
  void theFileIsReplacedAndReadable() throws IOException {
    Files.createFile(metrics);
    Files.setPosixFilePermissions(metrics, PosixFilePermissions.fromString("rw-------"));
    for (int i = 0; i < 2; i++) {
      assertEquals(
          ExitCodes.OK, FatJar.run("scan", "--openmetrics", metrics, "/proc/version").code());
      assertEquals(paths(0, 0, 0, 1), total("pmem2j_paths"));
    }
    Set<?> rights = Files.getPosixFilePermissions(metrics);
    assertEquals(PosixFilePermissions.fromString("rw-r--r--"), rights);
    try (var files = Files.list(directory)) {
      assertEquals(Set.of(data, metrics), files.collect(Collectors.toSet()));
    }
  }

  private void assertKept(Path target, String why) throws IOException {
    Result result = FatJar.run("scan", "--openmetrics", target, "/proc/version");
    assertEquals(ExitCodes.ERROR, result.code());
    assertTrue(result.err().contains(target + why), result.err());
    assertEquals("", result.out(), "scanned all the same");
  }

  @Test
  void nothingElseIsReplaced() throws IOException {
    Path database = Files.writeString(data.resolve("orders.db"), "content");
    assertKept(database, ": has other content, and is not replaced");
    assertEquals("content", Files.readString(database));
    Path link = Files.createSymbolicLink(data.resolve("link"), metrics);
    assertKept(link, ": not a regular file");
    assertTrue(Files.isSymbolicLink(link));
    // Nor a link to a file that may be replaced itself.
    assertEquals(
        ExitCodes.OK, FatJar.run("scan", "--openmetrics", metrics, "/proc/version").code());
    assertKept(link, ": not a regular file");
    assertTrue(Files.isSymbolicLink(link));
    assertKept(Path.of("/dev/null"), ": not a regular file");
    assertKept(data, ": not a regular file");
    Path missing = directory.resolve("missing");
    Result result =
        FatJar.run("scan", "--openmetrics", missing.resolve("pmem2j.prom"), "/proc/version");
    assertTrue(result.err().contains(missing + ": no such file or directory"), result.err());
  }

  /** Nobody can create a file there, and only the kernel's error says so to root. */
  @Test
  void anErrorNamesTheFile() throws IOException {
    Result result = FatJar.run("scan", "--openmetrics", "/proc/pmem2j.prom", "/proc/version");
    assertTrue(result.err().startsWith("pmem2j: /proc/pmem2j.prom: "), result.err());
    assertEquals(ExitCodes.ERROR, result.code());
  }

  // All of them

  @Test
  void theGuideListsAllMetrics() throws IOException {
    String guide = Files.readString(ChildJvm.root().resolve("docs/metrics.md"));
    Set<String> listed = new TreeSet<>();
    guide
        .lines()
        .filter(line -> line.startsWith("| `pmem2j_"))
        .forEach(line -> listed.add(line.replaceAll("^\\| `(\\w+).*", "$1")));
    Set<String> known =
        Stream.of(Metric.values())
            .filter(metric -> !metric.name().startsWith("WATCH_"))
            .map(Metric::prometheusName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, listed);
  }
}
