package io.github.pmem2j.internal.journal;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import java.util.List;

/**
 * What is cleared and restored together: whole blocks, at most 1 MiB.
 *
 * @param blocks the blocks that will be cleared
 * @param lost the bytes of them that must come from the restorer; sorted, disjoint
 * @param saved the rest of the file's bytes in them
 * @param inDoubt whether clearing has begun at some time, so that there may be zeros
 */
public record RepairUnit(ByteRange blocks, RangeSet lost, List<Saved> saved, boolean inDoubt) {
  public static final int LARGEST = 1 << 20;

  public RepairUnit {
    long end = blocks.offset();
    for (ByteRange range : lost) {
      check(range.offset() >= end);
      end = range.end();
    }
    check(end <= blocks.end() && blocks.length() <= LARGEST);
    end = blocks.offset();
    for (Saved bytes : saved) {
      check(bytes.offset() >= end && bytes.offset() <= blocks.end());
      end = bytes.end();
    }
    check(end <= blocks.end());
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("bytes outside of their blocks, or blocks too large");
    }
  }

  /** Bytes that were still readable; after the clearing only the journal has them. */
  public record Saved(long offset, byte[] bytes) {
    long end() {
      return offset + bytes.length;
    }
  }

  /** Whether the blocks hold nothing of the file: never written, or past its end. */
  public boolean empty() {
    return lost.isEmpty() && saved.isEmpty();
  }

  /** The end of the file's bytes in the blocks. */
  public long dataEnd() {
    long end = blocks.offset();
    if (!lost.isEmpty()) {
      end = lost.end(lost.count() - 1);
    }
    if (!saved.isEmpty()) {
      end = Math.max(end, saved.get(saved.size() - 1).end());
    }
    return end;
  }
}
