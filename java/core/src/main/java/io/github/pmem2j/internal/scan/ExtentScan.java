package io.github.pmem2j.internal.scan;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.jni.NativeError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Passes over the extents of a file and the devices below it, repeated until two in a row agree:
 * extents move while they are read, tables are reloaded, errors are found.
 *
 * <p>Extents that took several system calls to read can be a mixture of two states of the file, and
 * two mixtures can be equal. They are trusted only if the file's ctime is the same before the first
 * pass and after the second: every operation that moves data within a file (fallocate, truncate,
 * write, clone) sets it. The kernel's clock for ctime advances every 10 ms at worst, so a younger
 * ctime proves nothing. Defragmentation and deduplication do not set ctime; there, two equal passes
 * must suffice.
 *
 * @param pass the last pass, or null if there was none
 * @param stack the devices at that time
 * @param stable whether the pass before it found the same
 * @param failure why the file system did not report everything, or null
 */
record ExtentScan(ExtentPass pass, DeviceStack stack, boolean stable, String failure) {
  private static final int MAX_PASSES = 8;

  /** Twice the longest tick of Linux (CONFIG_HZ=100). */
  private static final Duration TICK = Duration.ofMillis(20);

  /** The ctime of a file. */
  @FunctionalInterface
  interface ChangeTime {
    Instant get() throws IOException;
  }

  /** A ctime, and whether a change at the time of reading would have set a later one. */
  private record Stamp(Instant changed, boolean settled) {
    static Stamp of(ChangeTime time, boolean wait) throws IOException {
      Stamp stamp = now(time);
      if (wait && !stamp.settled) {
        pause();
        stamp = now(time);
      }
      return stamp;
    }

    /** Waits for the next tick, also if the thread has been interrupted. */
    private static void pause() {
      long end = System.nanoTime() + TICK.toNanos();
      boolean interrupted = false;
      for (long left = TICK.toNanos(); left > 0; left = end - System.nanoTime()) {
        interrupted |= Thread.interrupted(); // An interrupted thread does not park.
        LockSupport.parkNanos(left);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    private static Stamp now(ChangeTime time) throws IOException {
      Instant changed = time.get();
      Duration age = Duration.between(changed, Instant.now()).abs();
      return new Stamp(changed, age.compareTo(TICK) > 0);
    }
  }

  /**
   * Scans the extents.
   *
   * @param first the devices, as they were just resolved
   * @param stacks resolves the devices again
   * @param changeTime reads the file's ctime
   * @param size the size of the file
   * @param ranges the parts of the file to scan
   */
  static ExtentScan of(
      ExtentSource source,
      DeviceStack first,
      Supplier<DeviceStack> stacks,
      ChangeTime changeTime,
      long size,
      RangeSet ranges)
      throws IOException {
    ExtentPass pass = null;
    DeviceStack stack = first;
    Stamp stamp = null;
    boolean sync = true;
    String failure = null;
    for (int i = 0; i < MAX_PASSES; i++) {
      ExtentPass previous = pass;
      Stamp before = stamp;
      stamp = Stamp.of(changeTime, previous != null && !previous.inOneBatch());
      try {
        pass = ExtentPass.of(source, sync, stack.bad(), size, ranges);
      } catch (IOException e) {
        failure = NativeError.cause(e);
        if (!sync) {
          break;
        }
        sync = false;
        continue;
      }
      if (pass.failure() != null && sync) {
        // Data that could not be written out may have no location yet; the rest has one.
        failure = pass.failure();
        sync = false;
        pass = null;
        continue;
      }
      DeviceStack seen = stack;
      stack = stacks.get();
      if (previous != null
          && pass.sameAs(previous)
          && stack.sameAs(seen)
          && (pass.inOneBatch() || before.settled && changeTime.get().equals(before.changed))) {
        return new ExtentScan(pass, stack, true, failure);
      }
    }
    return new ExtentScan(pass, stack, false, failure);
  }
}
