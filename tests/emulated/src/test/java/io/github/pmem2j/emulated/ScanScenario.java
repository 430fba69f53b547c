package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The scanner against the ground truth, where its lists are trusted. */
abstract class ScanScenario {
  static BadBlockReport scan(Path path) throws IOException {
    BadBlockReport report = BadBlockScanner.trustingLists().scanFile(path);
    System.out.println(report + "\n  " + report.stack());
    return report;
  }

  static void assertBad(Path file, long... pages) throws IOException {
    BadBlockReport report = scan(file);
    TreeSet<Long> expected = new TreeSet<>();
    for (long page : pages) {
      expected.add(page);
    }
    assertEquals(expected, GroundTruth.badPages(file));
    GroundTruth.compare("expected " + expected, report);
    assertEquals(pages.length == 0 ? Verdict.CLEAN : Verdict.BAD, report.verdict());
    assertTrue(report.complete(), report::toString);
  }

  static Stream<BadBlockReport> tree(Path root) throws IOException {
    return BadBlockScanner.trustingLists().scanFiles(root);
  }
}
