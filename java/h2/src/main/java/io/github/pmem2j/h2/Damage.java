package io.github.pmem2j.h2;

import io.github.pmem2j.scan.BadBlockReport;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.BadRange;
import io.github.pmem2j.scan.Range;
import io.github.pmem2j.scan.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** The bad blocks of a file that is about to be opened, less what was overwritten since. */
final class Damage {
  private static final int RANGES_SHOWN = 8;

  private final boolean bad;
  private final List<BadRange> ranges;

  private Damage(BadBlockReport report) {
    bad = report.verdict() == Verdict.BAD;
    ranges = new CopyOnWriteArrayList<>(report.badRanges());
  }

  static Damage of(Path file) throws IOException {
    return new Damage(BadBlockScanner.scan(file));
  }

  /** Whether a read of the file may fail, though perhaps no byte is lost. */
  boolean isBad() {
    return bad;
  }

  /** What no read can bring back. */
  List<Range> lost() {
    return ranges.stream()
        .filter(bad -> bad.kind() != BadRange.Kind.UNWRITTEN)
        .filter(bad -> bad.kind() != BadRange.Kind.PAST_END)
        .map(bad -> new Range(bad.offset(), bad.length()))
        .toList();
  }

  /** Whether a read of this range has to go around the damage. */
  boolean intersects(long offset, long length) {
    return ranges.stream()
        .anyMatch(bad -> bad.clearOffset() < offset + length && offset < bad.clearEnd());
  }

  /** Blocks that were overwritten as a whole hold what was written. */
  void overwritten(long offset, long length) {
    ranges.removeIf(bad -> offset <= bad.clearOffset() && bad.clearEnd() <= offset + length);
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
