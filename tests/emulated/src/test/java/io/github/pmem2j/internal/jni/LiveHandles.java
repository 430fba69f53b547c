package io.github.pmem2j.internal.jni;

import java.util.Arrays;

/** What C counts, for programs outside of the library's package. */
public final class LiveHandles {
  private LiveHandles() {}

  /** How many descriptors, sources and contexts are live now. */
  public static long count() {
    long[] counts = new long[Native.LIVE_LENGTH];
    Native.liveHandles(counts);
    return Arrays.stream(counts).sum();
  }
}
