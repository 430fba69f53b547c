package io.github.pmem2j.internal.jfr;

import java.nio.file.Path;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The event classes. Only {@link Events} may touch this, and only if JFR is present. */
final class FlightRecorder {
  private FlightRecorder() {}

  @Category({"Storage", "Persistent Memory"})
  @StackTrace(false)
  private abstract static class PersistentMemoryEvent extends Event {}

  private abstract static class BadBlockEvent extends PersistentMemoryEvent {
    @Label("Device")
    String device;

    @Label("Offset on the Device")
    @DataAmount
    long deviceOffset;

    @Label("Length")
    @DataAmount
    long length;

    @Label("Path")
    @Description("A watched file that is hit; none if the place belongs to none of them")
    String path;

    @Label("Offset in the File")
    @DataAmount
    long offset;

    void commit(String device, long deviceOffset, long length, Path path, long offset) {
      if (shouldCommit()) {
        this.device = device;
        this.deviceOffset = deviceOffset;
        this.length = length;
        this.path = path == null ? null : path.toString();
        this.offset = offset;
        commit();
      }
    }
  }

  @Name("pmem2j.BadBlockFound")
  @Label("Bad Block Found")
  @Description("The kernel has put a range on a device's list of bad blocks")
  private static final class BadBlockFound extends BadBlockEvent {}

  @Name("pmem2j.BadBlockCleared")
  @Label("Bad Block Cleared")
  @Description("A range is no longer on a device's list of bad blocks")
  private static final class BadBlockCleared extends BadBlockEvent {}

  @Name("pmem2j.RangeRestored")
  @Label("Range Restored")
  @Description("A range that the medium had lost has been cleared, restored and verified")
  private static final class RangeRestored extends PersistentMemoryEvent {
    @Label("Path")
    String path;

    @Label("Offset")
    @DataAmount
    long offset;

    @Label("Length")
    @DataAmount
    long length;
  }

  @Name("pmem2j.ScanFinished")
  @Label("Scan Finished")
  @Description("A file or device was scanned for bad blocks")
  private static final class ScanFinished extends PersistentMemoryEvent {
    @Label("Path")
    String path;

    @Label("Verdict")
    String verdict;

    @Label("Complete")
    boolean complete;

    @Label("Bad Ranges")
    int badRanges;

    @Label("Time Taken")
    @Timespan
    long timeTaken;
  }

  static void badBlockFound(String device, long deviceOffset, long length, Path path, long offset) {
    new BadBlockFound().commit(device, deviceOffset, length, path, offset);
  }

  static void badBlockCleared(
      String device, long deviceOffset, long length, Path path, long offset) {
    new BadBlockCleared().commit(device, deviceOffset, length, path, offset);
  }

  static void rangeRestored(Path path, long offset, long length) {
    RangeRestored event = new RangeRestored();
    if (event.shouldCommit()) {
      event.path = path.toString();
      event.offset = offset;
      event.length = length;
      event.commit();
    }
  }

  static void scanFinished(
      Path path, Enum<?> verdict, boolean complete, int badRanges, long nanos) {
    ScanFinished event = new ScanFinished();
    if (event.shouldCommit()) {
      event.path = path.toString();
      event.verdict = verdict.name();
      event.complete = complete;
      event.badRanges = badRanges;
      event.timeTaken = nanos;
      event.commit();
    }
  }
}
