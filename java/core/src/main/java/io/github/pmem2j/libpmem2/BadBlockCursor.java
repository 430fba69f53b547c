package io.github.pmem2j.libpmem2;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Pmem2;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads the bad blocks of one context, in batches. Not thread-safe: called only inside {@link
 * Handle#use} of the context.
 */
final class BadBlockCursor {
  private static final int BATCH = 256;

  private final Path path;
  private final Pmem2.Batch single = new Pmem2.Batch(1);

  /** The bad blocks read ahead of the caller. */
  private final Deque<ByteRange> ahead = new ArrayDeque<>(1);

  /** Null until the first bad block or the end has been read. */
  private Boolean matched;

  private boolean end;

  BadBlockCursor(Path path) {
    this.path = path;
  }

  /** The next bad block; null at the end. */
  ByteRange next(long context) throws IOException {
    if (ahead.isEmpty()) {
      readAhead(context, single);
    }
    return ahead.poll();
  }

  /** All bad blocks that have not been returned; if this fails, the next call returns them. */
  List<ByteRange> remaining(long context) throws IOException {
    Pmem2.Batch batch = new Pmem2.Batch(BATCH);
    while (!end) {
      readAhead(context, batch);
    }
    List<ByteRange> blocks = new ArrayList<>(ahead);
    ahead.clear();
    return blocks;
  }

  /**
   * Whether libpmem2 found the device. Only its first result shows this, so it is read ahead if
   * necessary.
   */
  boolean matched(long context) throws IOException {
    if (matched == null) {
      readAhead(context, single);
    }
    return matched;
  }

  /** Remembers the end, because libpmem2 discards its message there. */
  private void readAhead(long context, Pmem2.Batch batch) throws IOException {
    if (end) {
      return;
    }
    Pmem2.badBlockNext(context, batch, path);
    end = batch.end();
    if (matched == null) {
      matched = batch.count() > 0 || !batch.endHasReason();
    }
    for (int i = 0; i < batch.count(); i++) {
      ahead.add(new ByteRange(batch.offset(i), batch.length(i)));
    }
  }
}
