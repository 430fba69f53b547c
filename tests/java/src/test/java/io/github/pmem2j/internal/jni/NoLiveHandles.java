package io.github.pmem2j.internal.jni;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Around every test: it must leave no descriptor, source or context behind. C counts them. */
public final class NoLiveHandles implements BeforeEachCallback, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(NoLiveHandles.class);

  /** What is live now, as text: descriptors, sources, contexts. */
  public static String live() {
    return Arrays.toString(counts());
  }

  /** How many objects of all kinds are live now. */
  public static long total() {
    return Arrays.stream(counts()).sum();
  }

  private static long[] counts() {
    try {
      NativeLibrary.require();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    long[] counts = new long[Native.LIVE_LENGTH];
    Native.liveHandles(counts);
    return counts;
  }

  /** Compared with, so that the one test that leaks fails, and not those after it. */
  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put("before", live());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Object before = context.getStore(NAMESPACE).get("before");
    String after = live();
    if (!after.equals(before)) {
      // The next test begins without them, if they can be found.
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (!live().equals(before) && System.nanoTime() - end < 0) {
        System.gc();
      }
    }
    assertEquals(
        before,
        after,
        "live descriptors, sources, contexts: " + context.getDisplayName() + " left some behind");
  }
}
