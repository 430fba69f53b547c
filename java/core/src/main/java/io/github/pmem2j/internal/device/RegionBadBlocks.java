package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.Host;

/** Reads the list of bad blocks of a whole region. */
public final class RegionBadBlocks {
  private RegionBadBlocks() {}

  /**
   * What is listed, in bytes of the region.
   *
   * @param region the region's directory on the NVDIMM bus, below the root of sysfs
   */
  public static BadBlockSource.Content read(Host host, String region) {
    return new DeviceBadBlocks(host, new CxlPoison(host.sysfs())).ofRegion(region);
  }
}
