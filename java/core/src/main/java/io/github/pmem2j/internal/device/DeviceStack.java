package io.github.pmem2j.internal.device;

import io.github.pmem2j.IncompleteReason;
import java.util.List;

/**
 * A device, everything below it, and its bad sectors. Immutable.
 *
 * @param storage what is at the bottom
 * @param bad the bad sectors of the device, in its own coordinates
 * @param reasons why there may be more
 * @param text the devices from the top down, for messages
 * @param lists the kernel's lists that the bad sectors come from
 */
public record DeviceStack(
    Storage storage,
    BadSectors bad,
    List<IncompleteReason> reasons,
    String text,
    List<BadBlockSource> lists) {
  /** The kind of storage at the bottom. */
  public enum Storage {
    /** Persistent memory alone. */
    PMEM,
    /** No persistent memory. */
    OTHER,
    /** Both, or unknown. */
    MIXED
  }

  /** A device that is not persistent memory. */
  public static DeviceStack other(String text) {
    return new DeviceStack(Storage.OTHER, BadSectors.NONE, List.of(), text, List.of());
  }

  /** A device about which nothing is known, and why. */
  public static DeviceStack unknown(IncompleteReason.Code code, String message, String text) {
    return new DeviceStack(
        Storage.MIXED,
        BadSectors.NONE,
        List.of(new IncompleteReason(code, message)),
        text,
        List.of());
  }

  /** Whether all of the device is known to be good. */
  public boolean clean() {
    return storage == Storage.PMEM && bad.isEmpty() && reasons.isEmpty();
  }

  /** Whether it reports the same bad sectors as another. */
  public boolean sameAs(DeviceStack other) {
    return this == other
        || (storage == other.storage && reasons.equals(other.reasons) && bad.sameAs(other.bad));
  }

  /** The same data behind another device. */
  public DeviceStack below(String above, BadSectors sectors) {
    return new DeviceStack(storage, sectors, reasons, above + " -> " + text, lists);
  }
}
