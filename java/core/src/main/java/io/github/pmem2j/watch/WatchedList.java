package io.github.pmem2j.watch;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One of the kernel's lists, held open, with the bad ranges that it has listed. */
final class WatchedList {
  private final BadBlockSource list;
  private final Descriptor descriptor;
  private final ByteBuffer ignored = ByteBuffer.allocate(1);
  private RangeSet ranges = RangeSet.empty();
  private boolean complete = true;

  WatchedList(BadBlockSource list, Descriptor descriptor) {
    this.list = list;
    this.descriptor = descriptor;
  }

  BadBlockSource list() {
    return list;
  }

  Descriptor descriptor() {
    return descriptor;
  }

  /** The ranges listed as bad, in bytes of the device. */
  RangeSet ranges() {
    return ranges;
  }

  /** Whether the kernel knows of no others. */
  boolean complete() {
    return complete;
  }

  /**
   * Reads the list: first through the descriptor that is waited on, from its start, which makes the
   * kernel notify of later changes. A range missing from an incomplete list may still be bad.
   *
   * @throws IOException if the device was removed
   */
  void read() throws IOException {
    if (FileIo.read(descriptor, ignored.clear(), 0) == FileIo.UNREADABLE) {
      throw new IOException(descriptor.path() + ": EIO");
    }
    BadBlockSource.Content content = list.read();
    complete = content.reasons().isEmpty();
    ranges = complete ? content.ranges() : content.ranges().union(ranges);
  }
}
