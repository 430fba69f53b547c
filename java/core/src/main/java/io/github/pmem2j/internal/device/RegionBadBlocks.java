package io.github.pmem2j.internal.device;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.internal.linux.Host;

/** Reads the list of bad blocks of a whole region. */
public final class RegionBadBlocks {
  private RegionBadBlocks() {}

  /**
   * What is listed by the kernel, and by CXL devices below, in bytes of the region.
   *
   * @param poison the reader of CXL devices' lists
   * @param region the region's directory on the NVDIMM bus, below the root of sysfs
   * @param source who reports its errors
   */
  public static BadBlockSource.Content read(
      Host host, String region, ErrorSource source, CxlPoison poison) {
    return new DeviceBadBlocks(host, poison).ofRegion(region, source);
  }
}
