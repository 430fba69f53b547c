package io.github.pmem2j.cli;

import io.github.pmem2j.scan.Range;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** What cannot be read of a file, for a person. */
final class LostRanges {
  private LostRanges() {}

  static long total(List<Range> ranges) {
    return ranges.stream().mapToLong(Range::length).sum();
  }

  static void print(PrintWriter out, Path path, long size, List<Range> lost) {
    if (lost.isEmpty()) {
      out.println(Text.path(path) + ": all of " + Text.bytes(size) + " can be read");
      return;
    }
    out.println(
        Text.path(path) + ": lost " + Text.bytes(total(lost)) + " of " + Text.bytes(size) + ":");
    printTable(out, lost);
  }

  static void printTable(PrintWriter out, List<Range> ranges) {
    out.printf("  %20s %16s%n", "offset", "length");
    for (Range range : ranges) {
      out.printf("  %20d %16d%n", range.offset(), range.length());
    }
  }
}
