package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A source of the lost bytes of a file: a replica, a log, a backup. A repair calls it in its own
 * thread, one call at a time.
 */
@FunctionalInterface
public interface RangeRestorer {
  /**
   * Restores the bytes of a range of the file. Called before anything is cleared, except for what
   * an interrupted repair has left behind; may be called again for the same range.
   *
   * @param range the lost range, in bytes of the file
   * @param target has exactly the length of the range, and must be filled
   * @throws IOException if it cannot be filled; the range is then not changed
   */
  void restore(ByteRange range, ByteBuffer target) throws IOException;

  /**
   * Called once, before a repair changes anything, to refuse the wrong file. Accepts every file if
   * not overridden.
   *
   * @param file the file to be repaired
   * @param size its size in bytes
   * @throws IOException if this cannot restore it; the repair then changes nothing
   */
  default void check(Path file, long size) throws IOException {}

  /**
   * Reads the bytes from another copy of the whole file, at the same offsets. {@link #check}
   * refuses a replica that is not as long as the file, or is the file itself. Ranges that cannot be
   * read from it are not restored, nor those that a salvage, according to a mapfile {@code
   * REPLICA.map} beside it, has not copied to it.
   *
   * @param replica the copy, of the same state of the file
   * @return a restorer that opens the replica once for each repair
   */
  static RangeRestorer from(Path replica) {
    return new Replica(Objects.requireNonNull(replica, "replica"));
  }

  /**
   * Restores zeros, for a caller that accepts zeros in place of the lost data.
   *
   * @return a restorer that never fails
   */
  static RangeRestorer zeros() {
    return (range, target) -> target.put(new byte[target.remaining()]);
  }
}
