package io.github.pmem2j;

import java.io.Serializable;
import java.util.Objects;

/**
 * The source of the errors of a device: an empty list of bad blocks proves nothing unless something
 * fills it. Immutable.
 *
 * @param device the device, as {@link BadRange#device()} has it
 * @param kind who reports its errors
 * @param scrubs how often the platform has read all of the memory since the driver was loaded; 0
 *     unless it is {@link Kind#SCRUBBED}
 * @param scrubbing whether it is doing so now
 */
public record ErrorSource(String device, Kind kind, int scrubs, boolean scrubbing)
    implements Serializable {
  /** Who reports errors. */
  public enum Kind {
    /** The platform scrubs the memory (ACPI's address range scrub) and the kernel lists errors. */
    SCRUBBED,
    /** The kernel lists only the errors that were consumed since it started. */
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
    Objects.requireNonNull(device);
    Objects.requireNonNull(kind);
    if (scrubs < 0) {
      throw new IllegalArgumentException("not a number of scrubs: " + scrubs);
    }
  }

  /**
   * Whether an empty list means that the device has no known error.
   *
   * @return false if nobody fills it, or no scrub has ended yet
   */
  public boolean reliable() {
    return switch (kind) {
      case SCRUBBED -> scrubs > 0;
      case DEVICE_LIST, TRUSTED -> true;
      case MACHINE_CHECKS, NOBODY -> false;
    };
  }
}
