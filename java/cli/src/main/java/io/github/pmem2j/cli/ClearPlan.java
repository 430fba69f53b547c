package io.github.pmem2j.cli;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.nio.file.Path;
import java.util.List;

/** Plans what to clear, before the user confirms. The library checks everything again. */
final class ClearPlan {
  private ClearPlan() {}

  /** A requested part that must not be cleared. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(Path path, ByteRange part, String why) {
      super(
          path
              + ": "
              + Text.count(part.length(), "byte")
              + " at "
              + part.offset()
              + " "
              + why
              + ": nothing was cleared");
    }

    /** Refuses all of a file; the reason names it. */
    RefusedException(String why) {
      super(why + ": nothing was cleared");
    }
  }

  /**
   * The ranges to clear.
   *
   * @param path the file, for messages
   * @param unit the alignment of the ends of a part
   * @param blocks its bad blocks
   * @param part the requested part, or null for everything
   * @throws RefusedException if the part is not bad, or its ends lie within a block of the file
   *     system
   */
  static List<ByteRange> of(Path path, long unit, List<ByteRange> blocks, ByteRange part)
      throws RefusedException {
    // libpmem2 reports a block of the file system once for each bad sector in it.
    RangeSet.Builder builder = RangeSet.builder().keepTouching();
    blocks.forEach(builder::add);
    RangeSet distinct = builder.build();
    if (part == null) {
      return distinct.ranges();
    }
    if (!distinct.contains(part)) {
      throw new RefusedException(path, part, "are not all reported as bad, see the command list");
    }
    if ((part.offset() % unit != 0 && isBad(distinct, part.offset() - 1))
        || (part.end() % unit != 0 && isBad(distinct, part.end()))) {
      throw new RefusedException(
          path, part, "are a part of a bad block and not aligned to " + unit + " bytes");
    }
    return List.of(part);
  }

  private static boolean isBad(RangeSet distinct, long offset) {
    return distinct.intersects(new ByteRange(offset, 1));
  }
}
