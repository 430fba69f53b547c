package io.github.pmem2j.device;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.device.CxlPoison;
import io.github.pmem2j.internal.device.NvdimmPath;
import io.github.pmem2j.internal.device.PmemDevice;
import io.github.pmem2j.internal.device.RegionBadBlocks;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bad ranges of a region outside its devices: the metadata of namespaces, and free space. */
final class RegionStatus {
  private static final String RESOURCE = "resource";
  private static final String SIZE = "size";

  private final Sysfs sysfs;
  private final String region;

  /** The bad ranges outside all devices. */
  private RangeSet rest;

  private final RangeOwners claims = new RangeOwners();

  private RegionStatus(Sysfs sysfs, String region) {
    this.sysfs = sysfs;
    this.region = region;
  }

  /** The status of the rest of a region; empty if there are no bad ranges in it. */
  static Optional<DeviceStatus> of(
      Host host, String region, ErrorSource source, CxlPoison poison, List<PmemDevice> devices) {
    Sysfs sysfs = host.sysfs();
    RegionStatus status = new RegionStatus(sysfs, region);
    BadBlockSource.Content list = RegionBadBlocks.read(host, region, source, poison);
    List<IncompleteReason> reasons = new ArrayList<>(list.reasons());
    if (list.ranges().isEmpty() && reasons.isEmpty()) {
      return Optional.empty();
    }
    status.rest = list.ranges();
    long size = 0;
    try {
      size = sysfs.number(region, SIZE);
      status.divide(devices);
    } catch (IOException e) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.BOUNDS_UNREADABLE,
              NvdimmPath.name(region)
                  + " has bad blocks, and which of them are outside of its devices cannot be read: "
                  + NativeError.cause(e)
                  + "; run as root"));
      status.rest = RangeSet.empty();
    }
    if (status.rest.isEmpty() && reasons.isEmpty()) {
      return Optional.empty();
    }
    String name = NvdimmPath.name(region);
    return Optional.of(
        new DeviceStatus(
            name,
            name,
            "region",
            NvdimmPath.provider(sysfs, region),
            size,
            new ErrorSource(name, source.kind(), source.scrubs(), source.scrubbing()),
            List.of(),
            reasons,
            status.claims.divide(
                name,
                status.rest,
                BadBlockOwner.of(Kind.FREE, "in no namespace, or the namespace's label area")),
            List.of()));
  }

  private ByteRange place(String directory, long size) throws IOException {
    return new ByteRange(sysfs.number(directory, RESOURCE) - sysfs.number(region, RESOURCE), size);
  }

  private void divide(List<PmemDevice> devices) throws IOException {
    for (PmemDevice device : devices) {
      if (device.place().region().equals(region) && !device.place().sectorMode()) {
        String owner = device.dax() ? device.directory() : device.place().owner();
        rest = rest.minus(RangeSet.of(place(owner, device.size(sysfs))));
      }
    }
    for (String name : sysfs.names(region, "")) {
      if (name.matches("namespace[0-9]+\\.[0-9]+")) {
        namespace(region + "/" + name, name);
      }
    }
  }

  private void namespace(String directory, String name) throws IOException {
    long size = sysfs.number(directory, SIZE);
    if (size == 0) {
      return; // It is only a seed, which is not configured.
    }
    String holder = sysfs.line(directory, "holder");
    boolean sector = holder != null && holder.startsWith("btt");
    claims.add(
        NvdimmPath.name(region),
        place(directory, size),
        sector
            ? BadBlockOwner.of(Kind.UNKNOWN, name + " is in sector mode, which relocates sectors")
            : BadBlockOwner.of(Kind.NAMESPACE_METADATA, name));
  }
}
