package io.github.pmem2j.repair;

import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Where the lost bytes of a file come from: a replica, a log, a backup. */
@FunctionalInterface
public interface RangeRestorer {
  /**
   * Gives the bytes that a range of the file had. It is asked before anything is cleared, except
   * for what an interrupted repair has left behind, and may be asked again for the same range.
   *
   * @param range what is lost, in bytes of the file
   * @param target takes exactly the range's length; a buffer that is not full afterwards is a
   *     failure
   * @throws IOException if it cannot: the range then stays as it is
   */
  void restore(Range range, ByteBuffer target) throws IOException;

  /**
   * Takes them from another copy of the whole file, at the same offsets. A replica that is shorter,
   * or cannot be read there, restores nothing.
   *
   * @param replica the copy
   * @return a restorer that opens the replica for each range
   */
  static RangeRestorer from(Path replica) {
    return (range, target) -> {
      try (SalvageReader reader = SalvageReader.open(replica)) {
        long length = reader.readFully(range.offset(), target);
        if (length < range.length()) {
          throw new IOException(replica + " ends before byte " + range.end());
        }
      }
    };
  }

  /**
   * Gives zeros: the data is lost, and the caller has decided that zeros may stand in its place.
   *
   * @return a restorer that never fails
   */
  static RangeRestorer zeros() {
    return (range, target) -> target.put(new byte[target.remaining()]);
  }
}
