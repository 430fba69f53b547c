package io.github.pmem2j.lucene;

import io.github.pmem2j.scan.BadBlockReport;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.BadRange;
import io.github.pmem2j.scan.Range;
import io.github.pmem2j.scan.Verdict;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the directory needs to know of a file before it opens it.
 *
 * @param verdict the scanner's answer
 * @param lost what no read can bring back; of a file that is BAD it may be nothing
 * @param doubt why the answer may be incomplete; empty if it is complete
 */
record FileHealth(Verdict verdict, List<Range> lost, String doubt) {
  private static final int RANGES_SHOWN = 8;

  /** Examines a file. */
  @FunctionalInterface
  interface Check {
    FileHealth of(Path file) throws IOException;
  }

  /** Scans a file of this machine. A scan that fails leaves its verdict unknown. */
  static FileHealth scan(Path file) throws IOException {
    try {
      return of(BadBlockScanner.scan(file));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return new FileHealth(Verdict.UNKNOWN, List.of(), e.toString());
    }
  }

  private static FileHealth of(BadBlockReport report) {
    List<Range> lost =
        report.badRanges().stream()
            .filter(bad -> bad.kind() != BadRange.Kind.UNWRITTEN)
            .filter(bad -> bad.kind() != BadRange.Kind.PAST_END)
            .map(bad -> new Range(bad.offset(), bad.length()))
            .toList();
    String doubt =
        report.reasons().stream().map(reason -> reason.message()).collect(Collectors.joining("; "));
    return new FileHealth(report.verdict(), lost, doubt);
  }

  /** Ranges for a message: {@code 4096+512, 8192+1024}. */
  static String text(List<Range> ranges) {
    String shown =
        ranges.stream()
            .limit(RANGES_SHOWN)
            .map(range -> range.offset() + "+" + range.length())
            .collect(Collectors.joining(", "));
    int more = ranges.size() - RANGES_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }
}
