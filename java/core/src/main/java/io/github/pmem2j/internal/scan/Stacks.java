package io.github.pmem2j.internal.scan;

import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.util.HashMap;
import java.util.Map;

/** The stack below a block device. */
@FunctionalInterface
public interface Stacks {
  /** The stack as it is now, or as it was when it was first resolved. */
  DeviceStack of(DeviceNumber device);

  /** Resolves each device once and caches its stack. */
  static Stacks remembering(Stacks stacks) {
    Map<DeviceNumber, DeviceStack> known = new HashMap<>(2);
    return device -> known.computeIfAbsent(device, stacks::of);
  }
}
