package io.github.pmem2j.internal.jfr;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Emits the events for Java Flight Recorder: nothing where a recording does not ask for them, and
 * nothing where this Java has no Flight Recorder.
 */
public final class Events {
  private static final boolean AVAILABLE = available();

  private Events() {}

  /**
   * The module is optional: without it, touching one of its classes would fail to link. In OSGi the
   * import of its package is optional, too.
   */
  private static boolean available() {
    Optional<Module> recorder = ModuleLayer.boot().findModule("jdk.jfr");
    try {
      return recorder.isPresent()
          && Events.class.getModule().canRead(recorder.get())
          && jdk.jfr.FlightRecorder.class.getModule() == recorder.get();
    } catch (NoClassDefFoundError e) {
      return false;
    }
  }

  /**
   * Whether this JVM has ever recorded. Until then only the one class of JFR that answers this is
   * loaded.
   */
  private static boolean recorded() {
    return AVAILABLE && jdk.jfr.FlightRecorder.isInitialized();
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

  /** pmem2j.RangeRestored: what a range held is back in the file. */
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
