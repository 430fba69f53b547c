package io.github.pmem2j.internal.scan;

import io.github.pmem2j.scan.Reason;
import java.util.List;

/**
 * A device and all that is below it, as far as bad blocks go. Immutable.
 *
 * @param storage what is at the bottom
 * @param bad the bad sectors of the device, in its own coordinates
 * @param reasons why there may be more
 * @param text the devices from the top down, for a person
 */
record DeviceStack(Storage storage, BadSectors bad, List<Reason> reasons, String text) {
  /** What keeps the data in the end. */
  enum Storage {
    /** Persistent memory alone. */
    PMEM,
    /** No persistent memory. */
    OTHER,
    /** Both, or what could not be told. */
    MIXED
  }

  static DeviceStack other(String text) {
    return new DeviceStack(Storage.OTHER, BadSectors.NONE, List.of(), text);
  }

  static DeviceStack unknown(Reason.Code code, String message, String text) {
    return new DeviceStack(
        Storage.MIXED, BadSectors.NONE, List.of(new Reason(code, message)), text);
  }

  /** Whether all of the device is known to be good. */
  boolean clean() {
    return storage == Storage.PMEM && bad.isEmpty() && reasons.isEmpty();
  }

  /** Whether it says the same of bad sectors as another. */
  boolean sameAs(DeviceStack other) {
    return this == other
        || (storage == other.storage && reasons.equals(other.reasons) && bad.sameAs(other.bad));
  }

  /** The same data behind another device. */
  DeviceStack below(String above, BadSectors sectors) {
    return new DeviceStack(storage, sectors, reasons, above + " -> " + text);
  }
}
