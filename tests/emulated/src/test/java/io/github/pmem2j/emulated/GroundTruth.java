package io.github.pmem2j.emulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is bad in a DAX file, determined without pmem2j: a page is bad exactly if a read of that
 * page alone gives EIO.
 */
final class GroundTruth {
  private static final String EIO = "Input/output error";

  private GroundTruth() {}

  /** The bad pages of a file. */
  static SortedSet<Long> badPages(Path file) throws IOException {
    SortedSet<Long> bad = new TreeSet<>();
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(Sectors.PAGE);
      for (long page = 0; page * Sectors.PAGE < channel.size(); page++) {
        try {
          channel.read(buffer.clear(), page * Sectors.PAGE);
        } catch (IOException e) {
          assertEquals(EIO, e.getMessage());
          bad.add(page);
        }
      }
    }
    return bad;
  }

  /** The pages of a file that a report says cannot be read, leaving out ranges of some kinds. */
  private static SortedSet<Long> reportedPages(BadBlockReport report, Set<Kind> without) {
    SortedSet<Long> reported = new TreeSet<>();
    long pages = (report.size() + Sectors.PAGE - 1) / Sectors.PAGE;
    for (BadRange range : report.badRanges()) {
      if (!without.contains(range.kind())) {
        long end = Math.min(pages * Sectors.PAGE, range.blocks().end());
        for (long at = range.blocks().offset(); at < end; at += Sectors.PAGE) {
          reported.add(at / Sectors.PAGE);
        }
      }
    }
    return reported;
  }

  /**
   * A complete report must have all bad pages and no others; an incomplete one no others.
   *
   * @return how many pages are bad
   */
  static int compare(String what, BadBlockReport report) throws IOException {
    SortedSet<Long> bad = badPages(report.path());
    // What was never written is not read from the device. Past the end it may be either.
    SortedSet<Long> most = reportedPages(report, EnumSet.of(Kind.UNWRITTEN));
    SortedSet<Long> least = reportedPages(report, EnumSet.of(Kind.UNWRITTEN, Kind.PAST_END));
    String all = what + ": " + report + "\n" + report.stack();
    assertTrue(bad.isEmpty() || report.verdict() != Verdict.CLEAN, "a false CLEAN: " + all);
    assertTrue(bad.containsAll(least), () -> bad + " are bad; " + all);
    if (report.complete()) {
      assertTrue(most.containsAll(bad), () -> bad + " are bad; " + all);
    }
    return bad.size();
  }
}
