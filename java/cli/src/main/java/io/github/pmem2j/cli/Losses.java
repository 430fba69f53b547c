package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/** Prints what is bad or lost in a file, for people. */
final class Losses {
  private Losses() {}

  /** Prints the ranges of a file that could not be read. */
  static void print(PrintWriter out, Path path, long size, List<RangeJson> lost) {
    print(out, path, size, lost, "");
  }

  /** The same; {@code from} names the source of the rest. */
  static void print(PrintWriter out, Path path, long size, List<RangeJson> lost, String from) {
    if (lost.isEmpty()) {
      out.println(Text.path(path) + ": all of " + Text.bytes(size) + " can be read" + from);
      return;
    }
    String bytes = Text.bytes(RangeJson.total(lost));
    out.println(Text.path(path) + ": lost " + bytes + " of " + Text.bytes(size) + ":");
    Table.ranges(out, lost);
  }

  /** Prints the bad blocks of a file, {@code bytes} in all. */
  static void printBadBlocks(PrintWriter out, Path path, List<RangeJson> blocks, long bytes) {
    if (blocks.isEmpty()) {
      out.println(Text.path(path) + ": no bad blocks");
      return;
    }
    String count = Text.count(blocks.size(), "bad block");
    out.println(Text.path(path) + ": " + count + ", " + Text.bytes(bytes));
    Table.ranges(out, blocks);
  }
}
