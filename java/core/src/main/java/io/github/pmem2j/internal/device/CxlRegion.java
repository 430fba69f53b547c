package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A region of CXL memory, and which device holds which of its bytes. Device {@code p} of {@code
 * ways} has each {@code ways}-th granule of the region, the {@code p}-th first
 * (Documentation/ABI/testing/sysfs-bus-cxl of the kernel).
 *
 * @param name as "region0"
 * @param start the first byte's physical address on the host
 * @param size in bytes
 * @param granularity in bytes
 * @param targets a part of a device each, in order of their positions
 */
record CxlRegion(String name, long start, long size, long granularity, List<Target> targets) {

  /**
   * The part of a device that belongs to a region.
   *
   * @param memdev the device
   * @param start the first byte's address in the device
   * @param size in bytes
   */
  record Target(String memdev, long start, long size) {
    /** The address after the last byte. */
    long end() {
      return start + size;
    }
  }

  static final String DEVICES = "bus/cxl/devices/";

  private static final Pattern DECODER = Pattern.compile("decoder([0-9]{1,9})\\.[0-9]{1,9}");

  /** CXL's maximum. */
  private static final int MAX_WAYS = 16;

  /** Device and host addresses have 52 bits. */
  static final long MAX_ADDRESS = 1L << 52;

  CxlRegion {
    targets = List.copyOf(targets);
    int ways = targets.size();
    if (ways == 0
        || start < 0
        || start > MAX_ADDRESS
        || size <= 0
        || size > MAX_ADDRESS
        || granularity <= 0
        || granularity > size / ways
        || ways > 1 && size % (ways * granularity) != 0) {
      throw new IllegalArgumentException(name + " cannot be a region of " + ways + " devices");
    }
    for (Target target : targets) {
      if (target.start() < 0 || target.start() > MAX_ADDRESS || target.size() != size / ways) {
        throw new IllegalArgumentException(name + " is not the sum of its devices");
      }
    }
  }

  /** The devices, each once. */
  List<String> memdevs() {
    return targets.stream().map(Target::memdev).distinct().toList();
  }

  /** Where a byte of a target's part is, from the region's start. */
  long offset(int position, long address) {
    long at = address - targets.get(position).start();
    if (targets.size() == 1) {
      return at;
    }
    return (at / granularity * targets.size() + position) * granularity + at % granularity;
  }

  /** The address in the device at which the region continues with another device. */
  long endOfGranule(int position, long address) {
    Target target = targets.get(position);
    if (targets.size() == 1) {
      return target.end();
    }
    return address + granularity - (address - target.start()) % granularity;
  }

  /** Reads a region by its name. */
  static CxlRegion read(Sysfs sysfs, String name) throws IOException {
    String region = DEVICES + name;
    long ways = sysfs.number(region, "interleave_ways");
    List<Target> targets = new ArrayList<>();
    for (int position = 0; position < ways && position < MAX_WAYS; position++) {
      targets.add(target(sysfs, region, "target" + position));
    }
    try {
      return new CxlRegion(
          name,
          sysfs.number(region, "resource"),
          sysfs.number(region, "size"),
          sysfs.number(region, "interleave_granularity"),
          targets);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Target target(Sysfs sysfs, String region, String attribute) throws IOException {
    String decoder = sysfs.line(region, attribute);
    Matcher matcher = DECODER.matcher(decoder == null ? "" : decoder);
    if (!matcher.matches()) {
      throw new IOException(sysfs.file(region, attribute) + " names no decoder: " + decoder);
    }
    // decoder3.0 is a part of endpoint3, the port of one device.
    String memdev = sysfs.linkedName(DEVICES + "endpoint" + matcher.group(1), "uport");
    return new Target(
        memdev,
        sysfs.number(DEVICES + decoder, "dpa_resource"),
        sysfs.number(DEVICES + decoder, "dpa_size"));
  }
}
