package io.github.pmem2j.emulated;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An extent of a file, as filefrag reports it.
 *
 * @param logical first sector in the file
 * @param physical first sector on the device
 * @param count how many sectors
 * @param flags filefrag's words for the extent's state, such as "last" or "unwritten"
 */
record FileExtent(long logical, long physical, long count, Set<String> flags) {
  private static final Pattern ROW =
      Pattern.compile(
          " *\\d+: *(\\d+)\\.\\. *(\\d+): *(\\d+)\\.\\. *(\\d+): *(\\d+):(?: *\\d+:)? *(\\S*)");
  private static final Pattern FOUND = Pattern.compile(".*: (\\d+) extents? found");

  /** The extents of a file, after its delayed allocations have been made. */
  static List<FileExtent> of(Path file) {
    String table = Command.run("filefrag", "-s", "-v", "-b512", file);
    List<FileExtent> extents = new ArrayList<>();
    for (String line : table.lines().toList()) {
      Matcher row = ROW.matcher(line);
      Matcher found = FOUND.matcher(line);
      if (row.matches()) {
        extents.add(ofRow(row));
      } else if (found.matches()) {
        // It counts extents that continue each other, written and not, as one.
        require(Integer.parseInt(found.group(1)) <= extents.size(), table);
        return extents;
      }
    }
    throw new AssertionError("cannot read filefrag's table:\n" + table);
  }

  /** Where on the file system's device a page of a file is. */
  static Sectors page(Path file, long page) {
    long sector = page * Sectors.PER_PAGE;
    return of(file).stream()
        .filter(extent -> extent.logical <= sector && sector < extent.logical + extent.count)
        .map(extent -> new Sectors(extent.physical + sector - extent.logical, Sectors.PER_PAGE))
        .findFirst()
        .orElseThrow(() -> new AssertionError("a hole at page " + page + " of " + file));
  }

  private static FileExtent ofRow(Matcher row) {
    long logical = Long.parseLong(row.group(1));
    long physical = Long.parseLong(row.group(3));
    long count = Long.parseLong(row.group(5));
    require(Long.parseLong(row.group(2)) == logical + count - 1, row.group());
    require(Long.parseLong(row.group(4)) == physical + count - 1, row.group());
    return new FileExtent(logical, physical, count, Set.of(row.group(6).split(",")));
  }

  private static void require(boolean condition, String text) {
    if (!condition) {
      throw new AssertionError("filefrag contradicts itself:\n" + text);
    }
  }
}
