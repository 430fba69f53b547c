package io.github.pmem2j.emulated;

import io.github.pmem2j.internal.jni.LiveHandles;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The resources that this process holds: memory in KiB, and counts.
 *
 * @param memory what it takes of the machine's memory (RSS), after a collection, and after malloc
 *     has given back what it can
 * @param code how much of that the JVM holds for code and classes, of which there are ever more
 * @param heap how much is reachable from Java
 * @param descriptors open files
 * @param threads of all kinds, the JVM's too
 * @param handles what C counts as live: descriptors, sources and contexts of the library
 */
record Figures(long memory, long code, long heap, long descriptors, long threads, long handles) {
  private static final Path SELF = Path.of("/proc/self");

  /** By how much malloc, the compiler and thread stacks may vary. */
  private static final long MEMORY_MAY_GROW = 3072;

  private static final long HEAP_MAY_GROW = 512;

  /** The counts, without a garbage collection. */
  static Figures ofOpenThings() {
    return new Figures(
        0,
        0,
        0,
        Sysfs.list(SELF.resolve("fd"), ".*").size(),
        Sysfs.list(SELF.resolve("task"), ".*").size(),
        LiveHandles.count());
  }

  /** All of it. */
  static Figures take() {
    Figures open = ofOpenThings();
    System.gc();
    trimNativeHeap();
    System.gc();
    MemoryMXBean java = ManagementFactory.getMemoryMXBean();
    long memory =
        Sysfs.read(SELF.resolve("status"))
            .lines()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum();
    long code = java.getNonHeapMemoryUsage().getUsed() / 1024;
    long heap = java.getHeapMemoryUsage().getUsed() / 1024;
    return new Figures(memory, code, heap, open.descriptors, open.threads, open.handles);
  }

  /** malloc_trim(3), as {@code jcmd System.trim_native_heap} does it. */
  private static void trimNativeHeap() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[] {new String[0]},
              new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  /** What has grown by more than it may; empty if nothing has. */
  List<String> grownSince(Figures before) {
    List<String> grown = new ArrayList<>();
    long other = memory - code - (before.memory - before.code);
    compare(grown, "KiB of memory but for code", other, MEMORY_MAY_GROW);
    compare(grown, "KiB of heap", heap - before.heap, HEAP_MAY_GROW);
    compare(grown, "descriptors", descriptors - before.descriptors, 0);
    compare(grown, "threads", threads - before.threads, 0);
    compare(grown, "handles", handles, 0);
    return grown;
  }

  private static void compare(List<String> grown, String what, long growth, long limit) {
    if (growth > limit) {
      grown.add("%d %s more, of %d that may be".formatted(growth, what, limit));
    }
  }

  @Override
  public String toString() {
    return "RSS %,d KiB (code %,d KiB), heap %,d KiB, %d descriptors, %d threads, %d handles"
        .formatted(memory, code, heap, descriptors, threads, handles);
  }
}
