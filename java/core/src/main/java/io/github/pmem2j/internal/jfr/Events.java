package io.github.pmem2j.internal.jfr;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Emits events to Java Flight Recorder. Does nothing unless a recording enables them, or if this
 * JVM has no Flight Recorder.
 */
public final class Events {
  /** Null without the module jdk.jfr, which is optional. */
  private static final RecorderPackage RECORDER = recorderPackage();

  private Events() {}

  /**
   * Whether a class of Flight Recorder has been loaded, found without loading one: the JVM defines
   * a package when it loads the first class in it, and nobody records without loading one.
   */
  private static final class RecorderPackage extends ClassLoader {
    private volatile boolean used;

    RecorderPackage(Module module) {
      super(module.getClassLoader());
    }

    // Deprecated because loaders may differ in what they define; here only the parent is asked.
    @SuppressWarnings("deprecation")
    boolean used() {
      if (!used) {
        used = getPackage("jdk.jfr") != null;
      }
      return used;
    }
  }

  private static RecorderPackage recorderPackage() {
    return ModuleLayer.boot()
        .findModule("jdk.jfr")
        .filter(Events.class.getModule()::canRead)
        .map(RecorderPackage::new)
        .orElse(null);
  }

  /** Initialized once JFR has been used. In OSGi the import of its package is optional. */
  private static final class Linked {
    static final boolean LINKED = linked();

    private static boolean linked() {
      try {
        Module module = jdk.jfr.FlightRecorder.class.getModule();
        return ModuleLayer.boot().findModule("jdk.jfr").equals(Optional.of(module));
      } catch (NoClassDefFoundError e) {
        return false;
      }
    }
  }

  /** Whether this JVM has ever recorded. Until then no class of JFR is loaded. */
  private static boolean recorded() {
    return RECORDER != null
        && RECORDER.used()
        && Linked.LINKED
        && jdk.jfr.FlightRecorder.isInitialized();
  }

  /**
   * pmem2j.BadBlockFound.
   *
   * @param path a file that it hits, or null if none that is watched
   * @param offset where in that file
   */
  public static void badBlockFound(
      String device, long deviceOffset, long length, Path path, long offset) {
    if (recorded()) {
      FlightRecorder.badBlockFound(device, deviceOffset, length, path, offset);
    }
  }

  /** pmem2j.BadBlockCleared, likewise. */
  public static void badBlockCleared(
      String device, long deviceOffset, long length, Path path, long offset) {
    if (recorded()) {
      FlightRecorder.badBlockCleared(device, deviceOffset, length, path, offset);
    }
  }

  /** pmem2j.RangeRestored: the bytes of a range are back in the file. */
  public static void rangeRestored(Path path, long offset, long length) {
    if (recorded()) {
      FlightRecorder.rangeRestored(path, offset, length);
    }
  }

  /**
   * pmem2j.ScanFinished.
   *
   * @param nanos how long the scan took
   */
  public static void scanFinished(
      Path path, Enum<?> verdict, boolean complete, int badRanges, long nanos) {
    if (recorded()) {
      FlightRecorder.scanFinished(path, verdict, complete, badRanges, nanos);
    }
  }
}
