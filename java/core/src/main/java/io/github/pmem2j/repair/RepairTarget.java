package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The two kinds of things that can be repaired, by how their blocks are cleared and written. */
interface RepairTarget extends AutoCloseable {
  /** Whether {@link #overwrite} can be tried with this many bytes of the blocks. */
  boolean overwrites(ByteRange blocks, int length);

  /** Why {@link #clear} cannot give healthy blocks, or null: found out without destroying any. */
  String noReplacement();

  /**
   * Writes over bad blocks in a way that may clear them once it is synced, and by itself destroys
   * nothing; false if it did not work. It may have worked for a part of them.
   */
  boolean overwrite(ByteRange blocks, ByteBuffer bytes) throws IOException;

  /**
   * Puts healthy blocks of zeros in the place of bad ones: destroys all that was in them.
   *
   * @param units the blocks of each unit
   * @return those that it may not have done that for, and why
   */
  Map<ByteRange, IOException> clear(List<ByteRange> units, RepairStep.Hook hook);

  /** What stays bad elsewhere after blocks were cleared, for the result; empty if nothing. */
  String remains(ByteRange blocks);

  /** Puts healthy blocks of zeros where there are none. */
  void allocate(ByteRange blocks, RepairStep.Hook hook) throws IOException;

  /** Writes to blocks that are healthy. */
  void write(long offset, ByteBuffer bytes) throws IOException;

  /** Waits until everything written is on the medium. */
  void sync() throws IOException;

  /** What the medium has now. */
  byte[] readBack(long offset, int length) throws IOException;

  @Override
  void close();
}
