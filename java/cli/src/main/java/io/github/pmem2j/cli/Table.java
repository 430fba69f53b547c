package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.RangeJson;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints columns for a person. */
final class Table {
  private static final int NAME_WIDTH = 15;
  private static final int OFFSET_WIDTH = 22;
  private static final int LENGTH_WIDTH = 16;

  private Table() {}

  /** A line for each range, below a heading. */
  static void ranges(PrintWriter out, List<RangeJson> ranges) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"offset", "length"});
    for (RangeJson range : ranges) {
      rows.add(new String[] {Long.toString(range.offset()), Long.toString(range.length())});
    }
    for (String[] row : rows) {
      out.println(right(row[0], OFFSET_WIDTH) + " " + right(row[1], LENGTH_WIDTH));
    }
  }

  /** A name and its value, on a line. */
  static void entry(PrintWriter out, String name, String value) {
    out.println(
        name + " ".repeat(Math.max(0, NAME_WIDTH - name.length())) + " " + Text.printable(value));
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
