package io.github.pmem2j.cli;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Chooses what to clear before anybody is asked. The library checks it all again when it clears.
 */
final class ClearPlan {
  private static final int SECTOR = 512;

  private ClearPlan() {}

  /** A part that was asked for and must not be cleared. */
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
  }

  /**
   * The ranges to clear.
   *
   * @param path the file, for its block size
   * @param blocks what is bad in it
   * @param part what was asked for, or null for everything
   * @throws RefusedException if the part is not bad, or its ends lie within a block of the file
   *     system
   */
  static List<ByteRange> of(Path path, List<ByteRange> blocks, ByteRange part)
      throws IOException, RefusedException {
    List<ByteRange> distinct = Ranges.distinct(blocks);
    if (part == null) {
      return distinct;
    }
    if (!Ranges.cover(distinct, part)) {
      throw new RefusedException(path, part, "are not all reported as bad, see the command list");
    }
    long unit = unit(path);
    if ((part.offset() % unit != 0 && isBad(distinct, part.offset() - 1))
        || (part.end() % unit != 0 && isBad(distinct, part.end()))) {
      throw new RefusedException(
          path, part, "are a part of a bad block and not aligned to " + unit + " bytes");
    }
    return List.of(part);
  }

  private static boolean isBad(List<ByteRange> distinct, long offset) {
    return Ranges.cover(distinct, new ByteRange(offset, 1));
  }

  private static long unit(Path path) throws IOException {
    try (Descriptor descriptor = Descriptor.open(path, true, false)) {
      FileStatus status = descriptor.status();
      return status.type() == FileStatus.Type.REGULAR ? status.blockSize() : SECTOR;
    }
  }
}
