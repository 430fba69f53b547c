package io.github.pmem2j.internal.scan;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.jni.NativeError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A look at all extents of a file and at the devices below it, repeated until two in a row agree:
 * extents move while they are read, tables are reloaded, errors are found.
 *
 * <p>Extents that took several system calls to read can be a mixture of two states of the file, and
 * two mixtures can be alike. They are believed only if the file's ctime was the same before the one
 * look and after the other: whatever moves data within a file (fallocate, truncate, write, clone)
 * sets it. The kernel's clock for it stands still for up to 10 ms, so a ctime as young as that says
 * nothing. Defragmentation and deduplication leave ctime alone; against them two looks that agree
 * have to do.
 *
 * @param pass the last look, or null if there was none
 * @param stack the devices at that time
 * @param stable whether the look before it saw the same
 * @param failure why the file system does not tell all, or null
 */
record ExtentScan(ExtentPass pass, DeviceStack stack, boolean stable, String failure) {
  private static final int MAX_PASSES = 8;

  /** Twice the longest tick of Linux (CONFIG_HZ=100). */
  private static final Duration TICK = Duration.ofMillis(20);

  /** When a file changed last: its ctime. */
  @FunctionalInterface
  interface ChangeTime {
    Instant get() throws IOException;
  }

  /** A ctime, and whether a change at that moment would have set another. */
  private record Stamp(Instant changed, boolean settled) {
    static Stamp of(ChangeTime time, boolean wait) throws IOException {
      Stamp stamp = now(time);
      if (wait && !stamp.settled) {
        LockSupport.parkNanos(TICK.toNanos());
        stamp = now(time);
      }
      return stamp;
    }

    private static Stamp now(ChangeTime time) throws IOException {
      Instant changed = time.get();
      Duration age = Duration.between(changed, Instant.now()).abs();
      return new Stamp(changed, age.compareTo(TICK) > 0);
    }
  }

  /**
   * Looks.
   *
   * @param stacks asks for the devices as they are
   * @param changeTime asks for the file's ctime
   * @param size the size of the file
   * @param range the part of the file to look at
   */
  static ExtentScan of(
      ExtentSource source,
      Supplier<DeviceStack> stacks,
      ChangeTime changeTime,
      long size,
      ByteRange range)
      throws IOException {
    ExtentPass pass = null;
    DeviceStack stack = stacks.get();
    Stamp stamp = null;
    boolean sync = true;
    String failure = null;
    for (int i = 0; i < MAX_PASSES; i++) {
      ExtentPass previous = pass;
      Stamp before = stamp;
      stamp = Stamp.of(changeTime, previous != null && !previous.inOneBatch());
      try {
        pass = ExtentPass.of(source, sync, stack.bad(), size, range);
      } catch (IOException e) {
        failure = NativeError.cause(e);
        if (!sync) {
          break;
        }
        sync = false;
        continue;
      }
      if (pass.failure() != null && sync) {
        // What could not be written out may have no place yet; the rest does.
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
