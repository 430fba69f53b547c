package io.github.pmem2j.lucene;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * What the directory needs to know of a file before it opens it.
 *
 * @param verdict the scanner's answer
 * @param lost what no read can bring back; of a file that is BAD it may be nothing
 * @param doubt why the answer may be incomplete; empty if it is complete
 */
record FileHealth(Verdict verdict, RangeSet lost, String doubt) {
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
      return new FileHealth(Verdict.UNKNOWN, RangeSet.empty(), e.toString());
    }
  }

  private static FileHealth of(BadBlockReport report) {
    String doubt =
        report.reasons().stream().map(reason -> reason.message()).collect(Collectors.joining("; "));
    return new FileHealth(report.verdict(), report.lost(), doubt);
  }
}
