package io.github.pmem2j;

import java.io.Serializable;
import java.util.Objects;

/**
 * Why a report may be incomplete. Immutable.
 *
 * @param code the kind of reason, for programs
 * @param message for people: names the obstacle and the remedy
 */
public record IncompleteReason(Code code, String message) implements Serializable {
  /** The kinds of reasons. */
  public enum Code {
    /**
     * sysfs does not show the device: it is not mounted, a container hides it, or the device was
     * removed.
     */
    NO_SYSFS,
    /** A list of bad blocks could not be read. */
    LIST_UNREADABLE,
    /** A list of bad blocks is not in the kernel's format. */
    LIST_MALFORMED,
    /** A list of bad blocks is full: there may be more. */
    LIST_AT_BOUND,
    /** Nothing looks for errors of a device to fill its list: read the data with verify. */
    NOBODY_LOOKS,
    /** The first scrub of a device is running: wait for its end. */
    SCRUB_RUNNING,
    /** No scrub of a device has ended: start one, or read the data with verify. */
    NEVER_SCRUBBED,
    /** Only root can read the poison list of a CXL device. */
    POISON_NEEDS_ROOT,
    /** The kernel (before 6.4) or the CXL device cannot list poison. */
    POISON_UNSUPPORTED,
    /** A CXL device reports that its poison list is incomplete. */
    POISON_INCOMPLETE,
    /** Device-mapper's table is needed, and only root can read it. */
    TABLE_UNREADABLE,
    /** A device combines others in an unknown way (RAID, encryption, cache). */
    UNKNOWN_MAPPING,
    /** Some of the devices below are persistent memory, others keep no list of bad blocks. */
    MIXED_STORAGE,
    /** Sector mode: the block translation table relocates sectors. */
    SECTOR_MODE,
    /** A loop device: its file may be on persistent memory. */
    LOOP_DEVICE,
    /** The file system names no block device to query (btrfs, FUSE, network). */
    ANONYMOUS_DEVICE,
    /** The file system may use other devices than the one that it names. */
    FILE_SYSTEM,
    /** An overlay's file could not be followed to the file below it. */
    OVERLAY,
    /** The file's data is on the realtime device of XFS. */
    REALTIME_DEVICE,
    /** A dax device that is not on the NVDIMM bus has no list of bad blocks. */
    DAX_WITHOUT_LIST,
    /** Only root can read the address of a dax device ({@code resource}). */
    BOUNDS_UNREADABLE,
    /**
     * Permission to read the file is denied, so its extents, or an interrupted repair, are unknown.
     */
    FILE_UNREADABLE,
    /** The file system does not report the extents of the file. */
    EXTENTS_UNREADABLE,
    /**
     * A part of the file has no location of its own on the device (inline, compressed, delayed).
     */
    EXTENTS_UNUSABLE,
    /**
     * A repair of the file was interrupted, and its journal is missing, damaged or of another file.
     */
    REPAIR_JOURNAL,
    /** The file's extended attributes, one of which marks an interrupted repair, are lost. */
    ATTRIBUTES_UNREADABLE,
    /** The file, or a device below it, kept changing during the scan. */
    CHANGING
  }

  /** Makes a reason. */
  public IncompleteReason {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(message, "message");
  }

  /**
   * Whether the file must not be read as data: an interrupted repair may have left zeros at unknown
   * offsets, and a read returns them without an error. {@code SalvageReader} refuses such a file.
   *
   * @return true for {@link Code#REPAIR_JOURNAL} and {@link Code#FILE_UNREADABLE}
   */
  public boolean forbidsReading() {
    return code == Code.REPAIR_JOURNAL || code == Code.FILE_UNREADABLE;
  }
}
