package io.github.pmem2j.internal.scan;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.jni.NativeError;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * A look at all extents of a file and at the devices below it, repeated until two in a row agree:
 * extents move while they are read, tables are reloaded, errors are found.
 *
 * @param pass the last look, or null if there was none
 * @param stack the devices at that time
 * @param stable whether the look before it saw the same
 * @param failure why the file system does not tell all, or null
 */
record ExtentScan(ExtentPass pass, DeviceStack stack, boolean stable, String failure) {
  private static final int MAX_PASSES = 8;

  /**
   * Looks.
   *
   * @param stacks asks for the devices as they are
   * @param size the size of the file
   * @param range the part of the file to look at
   */
  static ExtentScan of(
      ExtentSource source, Supplier<DeviceStack> stacks, long size, ByteRange range) {
    ExtentPass pass = null;
    DeviceStack stack = stacks.get();
    boolean sync = true;
    String failure = null;
    for (int i = 0; i < MAX_PASSES; i++) {
      ExtentPass previous = pass;
      try {
        pass = ExtentPass.of(source, sync, stack.bad(), size, range);
      } catch (IOException e) {
        failure = NativeError.cause(e);
        if (!sync) {
          break;
        }
        // What could not be written out may have no place yet; the rest does.
        sync = false;
        continue;
      }
      DeviceStack seen = stack;
      stack = stacks.get();
      if (previous != null && pass.sameAs(previous) && stack.sameAs(seen)) {
        return new ExtentScan(pass, stack, true, failure);
      }
    }
    return new ExtentScan(pass, stack, false, failure);
  }
}
