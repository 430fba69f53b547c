package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Something that can be repaired: how its blocks are cleared and written. */
interface RepairTarget extends AutoCloseable {
  /** Whether {@link #overwrite} can be tried with this many bytes of the blocks. */
  boolean overwrites(ByteRange blocks, int length);

  /**
   * Why {@link #clear} cannot provide healthy blocks, and what to do, or null. Destroys no block to
   * determine this.
   */
  String noReplacement();

  /** The units for which {@link #clear} would find no space now, and why. Changes nothing. */
  Map<ByteRange, IOException> noSpace(List<ByteRange> units);

  /**
   * Writes over bad blocks, which may clear them once synced and does not destroy anything else;
   * false on failure. Even then it may have cleared some of them.
   */
  boolean overwrite(ByteRange blocks, ByteBuffer bytes) throws IOException;

  /**
   * Replaces bad blocks by healthy blocks of zeros: destroys everything in them.
   *
   * @param units the blocks of each unit
   * @return those that may not have been replaced, and why
   */
  Map<ByteRange, IOException> clear(List<ByteRange> units, RepairStep.Hook hook);

  /** The blocks that are bad elsewhere after a clear, for the result; may be empty. */
  String remains(ByteRange blocks);

  /** Allocates healthy blocks of zeros where there are none. */
  void allocate(ByteRange blocks, RepairStep.Hook hook) throws IOException;

  /** Writes to healthy blocks; if the file ends earlier, sets the limit to its end. */
  void write(long offset, ByteBuffer bytes) throws IOException;

  /** Waits until everything written is on the medium. */
  void sync() throws IOException;

  /** Reads the current bytes of the medium. */
  byte[] readBack(long offset, int length) throws IOException;

  @Override
  void close();
}
