package io.github.pmem2j.device;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.device.DeviceStatus.UnmappedPoison;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.device.CxlPoison;
import io.github.pmem2j.internal.device.NvdimmPath;
import io.github.pmem2j.internal.device.PmemDevice;
import io.github.pmem2j.internal.device.RegionBadBlocks;
import io.github.pmem2j.internal.device.SourceReader;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bad ranges of a region outside its devices: the metadata of namespaces, and free space; or of
 * all of a region that has no device.
 */
final class RegionStatus {
  private static final String RESOURCE = "resource";
  private static final String SIZE = "size";

  private final Sysfs sysfs;
  private final String region;

  /** The region's devices. */
  private final List<PmemDevice> devices;

  /** The bad ranges outside all devices. */
  private RangeSet rest;

  private final RangeOwners claims = new RangeOwners();

  private RegionStatus(Sysfs sysfs, String region, List<PmemDevice> all) {
    this.sysfs = sysfs;
    this.region = region;
    this.devices = all.stream().filter(d -> d.place().region().equals(region)).toList();
  }

  /**
   * The status of a region that has no device.
   *
   * @param unmapped finds the poison outside regions
   */
  static DeviceStatus withoutDevice(
      Host host, String region, CxlPoison poison, UnmappedFinder unmapped) {
    RegionStatus status = new RegionStatus(host.sysfs(), region, List.of());
    SourceReader.SourceState source =
        new SourceReader(host.sysfs(), host.trustedLists()).read(NvdimmPath.name(region), region);
    BadBlockSource.Content list = RegionBadBlocks.read(host, region, source.source(), poison);
    List<IncompleteReason> reasons = new ArrayList<>(list.reasons());
    reasons.addAll(source.reasons());
    return status.read(
        list.ranges(), reasons, source.source(), unmapped.find(region, source.source()));
  }

  /** Finds the poison in the CXL devices of a region that is in no region. */
  interface UnmappedFinder {
    List<UnmappedPoison> find(String region, ErrorSource source);
  }

  /** The status of the rest of a region; empty if there are no bad ranges in it. */
  static Optional<DeviceStatus> of(
      Host host, String region, ErrorSource source, CxlPoison poison, List<PmemDevice> devices) {
    RegionStatus status = new RegionStatus(host.sysfs(), region, devices);
    BadBlockSource.Content list = RegionBadBlocks.read(host, region, source, poison);
    List<IncompleteReason> reasons = new ArrayList<>(list.reasons());
    if (list.ranges().isEmpty() && reasons.isEmpty()) {
      return Optional.empty();
    }
    DeviceStatus result = status.read(list.ranges(), reasons, source, List.of());
    return status.rest.isEmpty() && reasons.isEmpty() ? Optional.empty() : Optional.of(result);
  }

  private DeviceStatus read(
      RangeSet bad,
      List<IncompleteReason> reasons,
      ErrorSource source,
      List<UnmappedPoison> unmapped) {
    rest = bad;
    long size = 0;
    String text = NvdimmPath.name(region);
    try {
      size = sysfs.number(region, SIZE);
      boolean namespaces = divide();
      if (devices.isEmpty()) {
        text += namespaces ? " (no namespace is enabled)" : " (no namespace)";
      }
    } catch (IOException e) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.BOUNDS_UNREADABLE,
              NvdimmPath.name(region)
                  + " has bad blocks, and which of them are outside of its devices cannot be read: "
                  + NativeError.cause(e)
                  + "; run as root"));
      rest = RangeSet.empty();
    }
    String name = NvdimmPath.name(region);
    return new DeviceStatus(
        name,
        text,
        "region",
        NvdimmPath.provider(sysfs, region),
        size,
        new ErrorSource(name, source.kind(), source.scrubs(), source.scrubbing()),
        List.of(),
        reasons,
        claims.divide(
            name,
            rest,
            BadBlockOwner.of(Kind.FREE, "in no namespace, or the namespace's label area")),
        unmapped);
  }

  private ByteRange place(String directory, long size) throws IOException {
    return new ByteRange(sysfs.number(directory, RESOURCE) - sysfs.number(region, RESOURCE), size);
  }

  /** Returns whether there are namespaces. */
  private boolean divide() throws IOException {
    RangeSet.Builder inDevices = RangeSet.builder();
    for (PmemDevice device : devices) {
      if (!device.place().sectorMode()) {
        String owner = device.dax() ? device.directory() : device.place().owner();
        inDevices.add(place(owner, device.size(sysfs)));
      }
    }
    RangeSet used = inDevices.build();
    rest = rest.minus(used);
    boolean any = false;
    for (String name : sysfs.names(region, "")) {
      any |= name.matches("namespace[0-9]+\\.[0-9]+") && namespace(region + "/" + name, name, used);
    }
    return any;
  }

  private boolean namespace(String directory, String name, RangeSet used) throws IOException {
    long size = sysfs.number(directory, SIZE);
    if (size == 0) {
      return false; // A seed, which is not configured yet.
    }
    ByteRange place = place(directory, size);
    String holder = sysfs.line(directory, "holder");
    boolean sector = holder != null && holder.startsWith("btt");
    BadBlockOwner owner = BadBlockOwner.of(Kind.NAMESPACE_METADATA, name);
    if (sector) {
      owner = BadBlockOwner.of(Kind.UNKNOWN, name + " is in sector mode, which relocates sectors");
    } else if (!used.intersects(place)) {
      owner = BadBlockOwner.of(Kind.UNKNOWN, name + " is not enabled");
    }
    claims.add(NvdimmPath.name(region), place, owner);
    return true;
  }
}
