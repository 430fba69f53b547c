package io.github.pmem2j;

import java.io.Serializable;
import java.util.Objects;

/**
 * Who reports the errors of a device: an empty list of bad blocks proves nothing unless something
 * fills it. Immutable.
 *
 * @param device the device, as in {@link BadRange#device()}
 * @param kind who reports its errors
 * @param scrubs how many scrubs have ended since the driver was loaded; 0 unless {@link
 *     Kind#SCRUBBED}
 * @param scrubbing whether a scrub is running
 */
public record ErrorSource(String device, Kind kind, int scrubs, boolean scrubbing)
    implements Serializable {
  /** Who reports errors. */
  public enum Kind {
    /** The platform scrubs the memory (ACPI's address range scrub) and the kernel lists errors. */
    SCRUBBED,
    /** The kernel lists only the errors that were consumed since boot. */
    MACHINE_CHECKS,
    /** The CXL device keeps a poison list, which pmem2j reads. */
    DEVICE_LIST,
    /** No known source. */
    NOBODY,
    /** The caller vouches for the list. */
    TRUSTED
  }

  /**
   * Makes a source.
   *
   * @throws IllegalArgumentException if {@code scrubs} is negative
   */
  public ErrorSource {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(kind, "kind");
    if (scrubs < 0) {
      throw new IllegalArgumentException("not a number of scrubs: " + scrubs);
    }
  }

  /**
   * Whether an empty list means that the device has no known error.
   *
   * @return false if nothing fills it, or no scrub has ended yet
   */
  public boolean reliable() {
    return switch (kind) {
      case SCRUBBED -> scrubs > 0;
      case DEVICE_LIST, TRUSTED -> true;
      case MACHINE_CHECKS, NOBODY -> false;
    };
  }
}
