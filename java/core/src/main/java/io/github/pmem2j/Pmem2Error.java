package io.github.pmem2j;

/**
 * An error code of libpmem2: one constant for each {@code PMEM2_E_*} of its header (the build
 * compares them), one for all codes that are a negated errno, and one for codes that this version
 * does not know.
 *
 * @see Pmem2Exception#error()
 */
public enum Pmem2Error {
  /** An error without a specific code. */
  PMEM2_E_UNKNOWN(-100_000),
  /** Not supported: by this platform, by this source, or because libndctl is missing. */
  PMEM2_E_NOSUPP(-100_001),
  /** A source without a file. */
  PMEM2_E_FILE_HANDLE_NOT_SET(-100_003),
  /** The descriptor cannot be used, for example because it is write-only. */
  PMEM2_E_INVALID_FILE_HANDLE(-100_004),
  /** Neither a regular file nor a dax device. */
  PMEM2_E_INVALID_FILE_TYPE(-100_005),
  /** The mapping is out of range. */
  PMEM2_E_MAP_RANGE(-100_006),
  /** A mapping already exists. */
  PMEM2_E_MAPPING_EXISTS(-100_007),
  /** No store granularity was requested. */
  PMEM2_E_GRANULARITY_NOT_SET(-100_008),
  /** The platform offers no such store granularity. */
  PMEM2_E_GRANULARITY_NOT_SUPPORTED(-100_009),
  /** The offset is outside the source. */
  PMEM2_E_OFFSET_OUT_OF_RANGE(-100_010),
  /** The offset is not aligned. */
  PMEM2_E_OFFSET_UNALIGNED(-100_011),
  /** The device's alignment attribute could not be parsed. */
  PMEM2_E_INVALID_ALIGNMENT_FORMAT(-100_012),
  /** The device's alignment attribute is invalid. */
  PMEM2_E_INVALID_ALIGNMENT_VALUE(-100_013),
  /** The device's size attribute could not be parsed. */
  PMEM2_E_INVALID_SIZE_FORMAT(-100_014),
  /** The length is not aligned. */
  PMEM2_E_LENGTH_UNALIGNED(-100_015),
  /** No such mapping. */
  PMEM2_E_MAPPING_NOT_FOUND(-100_016),
  /** The buffer is too small. */
  PMEM2_E_BUFFER_TOO_SMALL(-100_017),
  /** The file is empty. */
  PMEM2_E_SOURCE_EMPTY(-100_018),
  /** No such sharing mode. */
  PMEM2_E_INVALID_SHARING_VALUE(-100_019),
  /** A dax device cannot be mapped privately. */
  PMEM2_E_SRC_DEVDAX_PRIVATE(-100_020),
  /** No such kind of address request. */
  PMEM2_E_INVALID_ADDRESS_REQUEST_TYPE(-100_021),
  /** The address is not aligned. */
  PMEM2_E_ADDRESS_UNALIGNED(-100_022),
  /** An address is missing. */
  PMEM2_E_ADDRESS_NULL(-100_023),
  /** The range to flush is outside the mapping. */
  PMEM2_E_DEEP_FLUSH_RANGE(-100_024),
  /** The device's region attribute could not be parsed. */
  PMEM2_E_INVALID_REGION_FORMAT(-100_025),
  /** The device belongs to no dax region. */
  PMEM2_E_DAX_REGION_NOT_FOUND(-100_026),
  /** The device's number could not be parsed. */
  PMEM2_E_INVALID_DEV_FORMAT(-100_027),
  /** The address of the namespace could not be read: only root can read it. */
  PMEM2_E_CANNOT_READ_BOUNDS(-100_028),
  /** The end of the bad blocks; the library never throws it. */
  PMEM2_E_NO_BAD_BLOCK_FOUND(-100_029),
  /** The length reaches past the source. */
  PMEM2_E_LENGTH_OUT_OF_RANGE(-100_030),
  /** No such protection. */
  PMEM2_E_INVALID_PROT_FLAG(-100_031),
  /** The source was opened without the required access. */
  PMEM2_E_NO_ACCESS(-100_032),
  /** The reservation still has mappings. */
  PMEM2_E_VM_RESERVATION_NOT_EMPTY(-100_033),
  /** A map already exists. */
  PMEM2_E_MAP_EXISTS(-100_034),
  /** A source without a descriptor. */
  PMEM2_E_FILE_DESCRIPTOR_NOT_SET(-100_035),
  /** This kind of source does not support the operation. */
  PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED(-100_036),
  /** Input or output failed. */
  PMEM2_E_IO_FAIL(-100_037),
  /** A negated errno: {@link Pmem2Exception#errno()} has it. */
  ERRNO(0),
  /** A code that this library does not know. */
  UNKNOWN(0);

  /** Errno values are small; libpmem2's own codes begin below this. */
  private static final int LOWEST_ERRNO = -4095;

  private final int code;

  Pmem2Error(int code) {
    this.code = code;
  }

  /**
   * The constant for a code.
   *
   * @param code what a function of libpmem2 returned
   * @return the constant with that code, {@link #ERRNO} for a negated errno, else {@link #UNKNOWN}
   */
  public static Pmem2Error of(int code) {
    if (code < 0 && code >= LOWEST_ERRNO) {
      return ERRNO;
    }
    for (Pmem2Error error : values()) {
      if (code != 0 && error.code == code) {
        return error;
      }
    }
    return UNKNOWN;
  }

  /**
   * The code in libpmem2's header.
   *
   * @return a negative number, or 0 for {@link #ERRNO} and {@link #UNKNOWN}, which stand for many
   */
  public int code() {
    return code;
  }
}
