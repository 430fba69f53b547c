package io.github.pmem2j.device;

import io.github.pmem2j.ByteRange;
import java.util.List;
import java.util.Objects;

/**
 * A bad range of a device with one use. Immutable.
 *
 * @param range the range, in bytes of the device
 * @param owners its owners: at least one; more if files share it
 */
public record OwnedRange(ByteRange range, List<BadBlockOwner> owners) {
  /** Makes a range. */
  public OwnedRange {
    Objects.requireNonNull(owners, "owners");
    Objects.requireNonNull(range, "range");
    owners = List.copyOf(owners);
    if (range.isEmpty() || owners.isEmpty()) {
      throw new IllegalArgumentException(range + " of " + owners);
    }
  }
}
