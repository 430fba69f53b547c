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
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one scan of all watched paths said. Immutable.
 *
 * @param verdicts for each watched path
 * @param badFiles the bad ranges of each file that has some
 * @param complete false if of some file it could not be told, or not all of it
 * @param time when it ended
 */
record WatchedScan(
    Map<Path, Verdict> verdicts,
    Map<Path, List<BadRange>> badFiles,
    boolean complete,
    Instant time) {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  static WatchedScan of(List<Path> paths, BadBlockScanner scanner) {
    Map<Path, Verdict> verdicts = new HashMap<>();
    Map<Path, List<BadRange>> badFiles = new HashMap<>();
    boolean complete = true;
    for (Path path : paths) {
      Verdict verdict = Verdict.NOT_PMEM;
      try (Stream<BadBlockReport> reports = scan(path, scanner)) {
        for (Iterator<BadBlockReport> each = reports.iterator(); hasNext(each); ) {
          BadBlockReport report = each.next();
          verdict = verdict.graver(report.verdict());
          complete &= report.complete();
          if (!report.badRanges().isEmpty()) {
            badFiles.put(report.path(), report.badRanges());
          }
        }
      } catch (IOException | RuntimeException e) {
        LOGGER.warn("cannot tell which files below {} are hit", path, e);
        verdict = verdict.graver(Verdict.UNKNOWN);
        complete = false;
      }
      verdicts.put(path, verdict);
    }
    return new WatchedScan(verdicts, badFiles, complete, Instant.now());
  }

  /** An interrupt, as a listener may have left it, cancels no scan of a watch. */
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

  /** The files that some ranges of a device hit, and the parts of them that lie there. */
  Map<Path, List<BadRange>> hitBy(String device, RangeSet ranges) {
    Map<Path, List<BadRange>> hit = new HashMap<>();
    badFiles.forEach(
        (path, bad) -> {
          List<BadRange> parts = within(bad, device, ranges);
          if (!parts.isEmpty()) {
            hit.put(path, parts);
          }
        });
    return hit;
  }

  private static Stream<BadBlockReport> scan(Path path, BadBlockScanner scanner)
      throws IOException {
    return Files.isDirectory(path) ? scanner.scanFiles(path) : Stream.of(scanner.scanFile(path));
  }

  /** The parts of a file's bad ranges that lie in some ranges of a device. */
  private static List<BadRange> within(List<BadRange> badRanges, String device, RangeSet ranges) {
    List<BadRange> parts = new ArrayList<>();
    for (BadRange bad : badRanges) {
      if (bad.device().equals(device)) {
        ByteRange place = place(bad);
        for (ByteRange part : ranges.intersect(place)) {
          long offset = bad.offset() + (part.offset() - place.offset());
          parts.add(bad.slice(new ByteRange(offset, part.length()), bad.blocks(), bad.kind()));
        }
      }
    }
    return List.copyOf(parts);
  }

  /** Where a bad range lies on its device. */
  static ByteRange place(BadRange bad) {
    return new ByteRange(bad.deviceSector() * BadRange.SECTOR_SIZE, bad.length());
  }
}
