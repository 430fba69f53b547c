package io.github.pmem2j.watch;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The result of the last scan of each watched path. Immutable.
 *
 * @param paths the result for each watched path
 * @param time when the last scan ended
 */
record WatchedScan(Map<Path, PathScan> paths, Instant time) {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  /**
   * The result of a scan of one path.
   *
   * @param badFiles the bad ranges of each file that has some
   * @param complete false if the report of a file is incomplete
   */
  private record PathScan(Verdict verdict, Map<Path, List<BadRange>> badFiles, boolean complete) {}

  static WatchedScan of(List<Path> paths, BadBlockScanner scanner) {
    return new WatchedScan(Map.of(), Instant.now()).again(paths, scanner);
  }

  /** The results after another scan of some paths. */
  WatchedScan again(Collection<Path> some, BadBlockScanner scanner) {
    if (some.isEmpty()) {
      return this;
    }
    Map<Path, PathScan> now = new HashMap<>(paths);
    some.forEach(path -> now.put(path, scanPath(path, scanner)));
    return new WatchedScan(now, Instant.now());
  }

  private static PathScan scanPath(Path path, BadBlockScanner scanner) {
    Map<Path, List<BadRange>> badFiles = new HashMap<>();
    boolean complete = true;
    Verdict verdict = Verdict.NOT_PMEM;
    try (Stream<BadBlockReport> reports = scan(path, scanner)) {
      for (Iterator<BadBlockReport> each = reports.iterator(); hasNext(each); ) {
        BadBlockReport report = each.next();
        verdict = verdict.moreSevere(report.verdict());
        complete &= report.complete();
        if (!report.badRanges().isEmpty()) {
          badFiles.put(report.path(), report.badRanges());
        }
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.warn("cannot determine which files below {} are hit", path, e);
      verdict = verdict.moreSevere(Verdict.UNKNOWN);
      complete = false;
    }
    return new PathScan(verdict, badFiles, complete);
  }

  /** The verdict for each watched path. */
  Map<Path, Verdict> verdicts() {
    Map<Path, Verdict> verdicts = new HashMap<>();
    paths.forEach((path, scan) -> verdicts.put(path, scan.verdict));
    return verdicts;
  }

  /** All bad files. */
  Set<Path> badFiles() {
    return paths.values().stream()
        .flatMap(scan -> scan.badFiles.keySet().stream())
        .collect(Collectors.toSet());
  }

  /** Whether a scan of each bad file, now, differs. */
  boolean badFilesChanged(BadBlockScanner scanner) {
    return paths.values().stream()
        .flatMap(scan -> scan.badFiles.entrySet().stream())
        .anyMatch(file -> !file.getValue().equals(badRanges(file.getKey(), scanner)));
  }

  private static List<BadRange> badRanges(Path file, BadBlockScanner scanner) {
    try {
      return scanner.scanFile(file).badRanges();
    } catch (IOException | RuntimeException e) {
      LOGGER.debug("{} was bad", file, e);
      return List.of();
    }
  }

  /** The watched paths that have bad files. */
  Set<Path> badPaths() {
    return paths.entrySet().stream()
        .filter(path -> !path.getValue().badFiles.isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Whether the reports of all files are complete. */
  boolean complete() {
    return paths.values().stream().allMatch(PathScan::complete);
  }

  /** A change of a list: some of the ranges that it has gained or lost. */
  BadBlockChange change(Instant when, OpenLists.Difference difference, RangeSet ranges) {
    return new BadBlockChange(
        when,
        difference.device(),
        ranges,
        hitBy(difference.device(), ranges),
        difference.complete() && complete());
  }

  /** Clears an interrupt that a listener may have set: it must not cancel a scan of the watch. */
  private static boolean hasNext(Iterator<BadBlockReport> reports) {
    while (true) {
      try {
        return reports.hasNext();
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof CancelledException)) {
          throw e;
        }
        Thread.interrupted();
      }
    }
  }

  /** The files that some ranges of a device hit, with the affected parts. */
  Map<Path, List<BadRange>> hitBy(String device, RangeSet ranges) {
    Map<Path, List<BadRange>> hit = new HashMap<>();
    for (PathScan scan : paths.values()) {
      scan.badFiles.forEach(
          (path, bad) -> {
            List<BadRange> parts = within(bad, device, ranges);
            if (!parts.isEmpty()) {
              hit.put(path, parts);
            }
          });
    }
    return hit;
  }

  private static Stream<BadBlockReport> scan(Path path, BadBlockScanner scanner)
      throws IOException {
    return Files.isDirectory(path) ? scanner.scanFiles(path) : Stream.of(scanner.scanFile(path));
  }

  /** The parts of a file's bad ranges that are in some ranges of a device. */
  private static List<BadRange> within(List<BadRange> badRanges, String device, RangeSet ranges) {
    List<BadRange> parts = new ArrayList<>();
    for (BadRange bad : badRanges) {
      if (bad.device().equals(device)) {
        ByteRange place = bad.deviceRange();
        for (ByteRange part : ranges.intersect(place)) {
          long offset = bad.offset() + (part.offset() - place.offset());
          parts.add(bad.slice(new ByteRange(offset, part.length()), bad.blocks(), bad.kind()));
        }
      }
    }
    return List.copyOf(parts);
  }
}
