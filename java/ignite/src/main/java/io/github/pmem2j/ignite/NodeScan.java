package io.github.pmem2j.ignite;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.ignite.NodeReport.Status;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.ignite.Ignite;
import org.apache.ignite.cluster.ClusterNode;

/** The scan of one node's files, in that node. Used once, by one thread. */
final class NodeScan {
  /** Ignite's lock on a directory, which closing any descriptor of this file would release. */
  private static final Path LOCK = Path.of("lock");

  private final BadBlockScanner scanner;
  private final BooleanSupplier stopped;
  private final LongConsumer progress;
  private final Map<Verdict, Long> files = new EnumMap<>(Verdict.class);
  private final List<StorageFile> badFiles = new ArrayList<>();
  private final Map<IncompleteReason.Code, IncompleteReason> reasons = new LinkedHashMap<>();
  private final Set<ErrorSource> sources = new LinkedHashSet<>();
  private final List<String> problems = new ArrayList<>();
  private long count;
  private boolean cut;

  NodeScan(BadBlockScanner scanner, BooleanSupplier stopped, LongConsumer progress) {
    this.scanner = scanner;
    this.stopped = stopped;
    this.progress = progress;
  }

  /** The report of a node about which nothing else is known. */
  static NodeReport unknown(ClusterNode node, Status status, String message) {
    return report(node, status, message, Duration.ZERO, new NodeScan(null, null, null));
  }

  /** The report of a node of the baseline that is not in the cluster. */
  static NodeReport absent(Object consistentId) {
    return new NodeReport(
        new UUID(0, 0),
        String.valueOf(consistentId),
        List.of(),
        Status.FAILED,
        "it is in the baseline, but not in the cluster; scan its directories with: pmem2j scan"
            + " --recursive DIRECTORY",
        Duration.ZERO,
        Map.of(),
        List.of(),
        List.of(),
        List.of());
  }

  static NodeReport unknown(ClusterNode node, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
        return unknown(
            node,
            Status.NOT_INSTALLED,
            "put pmem2j and pmem2j-ignite on the node's class path, or enable peer class loading: "
                + cause);
      }
    }
    return unknown(node, Status.FAILED, failure.toString());
  }

  private static NodeReport report(
      ClusterNode node, Status status, String message, Duration time, NodeScan scan) {
    return new NodeReport(
        node.id(),
        String.valueOf(node.consistentId()),
        List.copyOf(node.hostNames().isEmpty() ? node.addresses() : node.hostNames()),
        status,
        message,
        time,
        scan.files,
        scan.badFiles,
        List.copyOf(scan.reasons.values()),
        List.copyOf(scan.sources));
  }

  NodeReport run(Ignite ignite) {
    long begin = System.nanoTime();
    NodeStorage storage = NodeStorage.of(ignite);
    problems.addAll(storage.problems());
    for (StorageDirectory directory : storage.directories()) {
      scan(directory, directory.path(), directory.depth());
    }
    Status status = storage.directories().isEmpty() ? Status.NOT_PERSISTENT : Status.SCANNED;
    if (cut) {
      problems.add("the time limit ended the scan: give it more time");
    }
    if (!problems.isEmpty()) {
      status = Status.PARTLY_SCANNED;
    }
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    String message = String.join("; ", problems);
    return report(ignite.cluster().localNode(), status, message, time, this);
  }

  /** Scans directories one by one until the time is over. */
  List<StorageFile> badFiles(List<StorageDirectory> directories) {
    directories.forEach(directory -> scan(directory, directory.path(), directory.depth()));
    return badFiles;
  }

  /** Scans one file of a directory. */
  List<StorageFile> badFiles(StorageDirectory directory, Path file) {
    scan(directory, file, 0);
    return badFiles;
  }

  private void scan(StorageDirectory directory, Path path, int locked) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      if (file.isRegularFile()) {
        if (!path.endsWith(LOCK) && !over()) {
          add(directory, scanner.scanFile(path));
        }
      } else if (locked == 0) {
        scanTree(directory, path);
      } else if (file.isDirectory()) {
        for (Path child : children(path)) {
          scan(directory, child, locked - 1);
        }
      }
    } catch (NoSuchFileException e) {
      return; // removed meanwhile: a checkpoint marker, a segment
    } catch (IOException e) {
      problems.add("cannot scan " + path + ": " + e);
    } catch (UncheckedIOException e) {
      problems.add("cannot scan " + path + ": " + e.getCause());
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  private void scanTree(StorageDirectory directory, Path path) throws IOException {
    try (Stream<BadBlockReport> reports = scanner.scanFiles(path)) {
      Iterator<BadBlockReport> iterator = reports.iterator();
      while (!over() && iterator.hasNext()) {
        add(directory, iterator.next());
      }
    }
  }

  private boolean over() {
    cut |= stopped.getAsBoolean();
    return cut;
  }

  private void add(StorageDirectory directory, BadBlockReport report) {
    files.merge(report.verdict(), 1L, Long::sum);
    if (report.verdict() == Verdict.BAD) {
      badFiles.add(directory.file(report));
    }
    report.reasons().forEach(reason -> reasons.putIfAbsent(reason.code(), reason));
    sources.addAll(report.sources());
    progress.accept(++count);
  }
}
