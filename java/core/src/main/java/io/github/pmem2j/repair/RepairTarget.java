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

  /** Why {@link #clear} cannot give healthy blocks, or null. Destroys none to determine this. */
  String noReplacement();

  /**
   * Writes over bad blocks, which may clear them once synced and by itself destroys nothing; false
   * on failure. Even then it may have cleared some of them.
   */
  boolean overwrite(ByteRange blocks, ByteBuffer bytes) throws IOException;

  /**
   * Replaces bad blocks by healthy blocks of zeros: destroys everything in them.
   *
   * @param units the blocks of each unit
   * @return those that may not be replaced, and why
   */
  Map<ByteRange, IOException> clear(List<ByteRange> units, RepairStep.Hook hook);

  /** What stays bad elsewhere after a clear, for the result; may be empty. */
  String remains(ByteRange blocks);

  /** Allocates healthy blocks of zeros where there are none. */
  void allocate(ByteRange blocks, RepairStep.Hook hook) throws IOException;

  /** Writes to blocks that are healthy; of a file that ends before that, sets the limit there. */
  void write(long offset, ByteBuffer bytes) throws IOException;

  /** Waits until everything written is on the medium. */
  void sync() throws IOException;

  /** Reads what the medium has now. */
  byte[] readBack(long offset, int length) throws IOException;

  @Override
  void close();
}
