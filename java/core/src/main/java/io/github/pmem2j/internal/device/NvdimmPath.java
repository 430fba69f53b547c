package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The place in sysfs of a device on the NVDIMM bus (Documentation/driver-api/nvdimm of the kernel):
 * {@code …/ndbusN/regionN/{namespaceN.N|pfnN.N|bttN.N|daxN.N}/…}.
 *
 * @param region the region's directory in sysfs
 * @param owner the directory of the namespace, pfn, btt or dax device that owns this part of the
 *     region
 */
public record NvdimmPath(String region, String owner) {
  /** The path, or null if the device is not on the bus. */
  public static NvdimmPath of(String directory) {
    int bus = directory.indexOf("/ndbus");
    while (bus >= 0) {
      int region = directory.indexOf('/', bus + 1);
      int owner = region < 0 ? -1 : directory.indexOf('/', region + 1);
      int end = owner < 0 ? -1 : directory.indexOf('/', owner + 1);
      if (end >= 0
          && numbered(directory, bus + 1, region, "ndbus")
          && numbered(directory, region + 1, owner, "region")) {
        return new NvdimmPath(directory.substring(0, owner), directory.substring(0, end));
      }
      bus = directory.indexOf("/ndbus", bus + 1);
    }
    return null;
  }

  /** The directories of all regions of a machine. */
  public static List<String> regions(Sysfs sysfs) throws IOException {
    List<String> regions = new ArrayList<>();
    for (String name : sysfs.names("bus/nd/devices", "")) {
      String directory =
          numbered(name, 0, name.length(), "region") ? sysfs.onBus("nd", name) : null;
      if (directory != null) {
        regions.add(directory);
      }
    }
    return regions;
  }

  private static boolean numbered(String text, int begin, int end, String prefix) {
    int digits = begin + prefix.length();
    if (end <= digits || !text.startsWith(prefix, begin)) {
      return false;
    }
    for (int i = digits; i < end; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** The last part of a path. */
  public static String name(String directory) {
    return directory.substring(directory.lastIndexOf('/') + 1);
  }

  /** All but the last part of a path. */
  public static String parent(String directory) {
    return directory.substring(0, Math.max(directory.lastIndexOf('/'), 0));
  }

  /** Whether the device is above a block translation table (BTT). */
  public boolean sectorMode() {
    return name(owner).startsWith("btt");
  }

  /** The mode as ndctl calls it. */
  public String mode(Sysfs sysfs) {
    String name = name(owner);
    if (name.startsWith("pfn")) {
      return "fsdax";
    }
    if (name.startsWith("dax")) {
      return "devdax";
    }
    return sectorMode() ? "sector" : withPages(sysfs) ? "fsdax" : "raw";
  }

  /** Whether the kernel has pages for a namespace without a pfn device, which then has DAX, too. */
  private boolean withPages(Sysfs sysfs) {
    try {
      return "memory".equals(sysfs.line(owner, "mode"));
    } catch (IOException e) {
      return false;
    }
  }

  /** The provider of its bus; empty if it cannot be read. */
  public String provider(Sysfs sysfs) {
    return provider(sysfs, region);
  }

  /** The provider of a region's bus; empty if it cannot be read. */
  public static String provider(Sysfs sysfs, String region) {
    try {
      String provider = sysfs.line(parent(region), "provider");
      return provider == null ? "" : provider;
    } catch (IOException e) {
      return "";
    }
  }

  /** The disk's description for messages. */
  String text(Sysfs sysfs, String disk) {
    return disk + " (" + name(region()) + ", " + namespace(sysfs) + ", " + mode(sysfs) + ")";
  }

  private String namespace(Sysfs sysfs) {
    String owner = name(owner());
    if (owner.startsWith("namespace")) {
      return owner;
    }
    try {
      String namespace = sysfs.line(owner(), "namespace");
      return namespace == null || namespace.isEmpty() ? owner : namespace;
    } catch (IOException e) {
      return owner;
    }
  }
}
