package io.github.pmem2j.device;

import io.github.pmem2j.CancelledException;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.device.DeviceStatus.UnmappedPoison;
import io.github.pmem2j.internal.device.CxlPoison;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.device.NvdimmPath;
import io.github.pmem2j.internal.device.PmemDevice;
import io.github.pmem2j.internal.device.SourceReader;
import io.github.pmem2j.internal.device.StackResolver;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import io.github.pmem2j.internal.linux.MountTable.Mount;
import io.github.pmem2j.internal.linux.Sysfs;
import io.github.pmem2j.internal.scan.ListFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the status of the devices of a machine. For one call of {@link #read}. */
final class StatusReader {
  private final Host host;
  private final Sysfs sysfs;
  private final CxlPoison poison;
  private final StackResolver resolver;
  private final ProgressListener progress;
  private final RangeOwners claims = new RangeOwners();

  /** The file systems on each device. */
  private final Map<String, Set<String>> uses = new LinkedHashMap<>();

  StatusReader(Host host, ProgressListener progress) {
    this.host = host;
    this.sysfs = host.sysfs();
    this.poison = CxlPoison.once(sysfs);
    this.resolver = new StackResolver(host, poison);
    this.progress = progress;
  }

  /** The poison outside regions: each CXL device's is reported once. */
  private final Set<CxlPoison.Unmapped> counted = new HashSet<>();

  /** A device and its list. */
  private record Listed(PmemDevice device, DeviceStack stack, ErrorSource source) {}

  List<DeviceStatus> read(Collection<Path> paths) throws IOException {
    List<PmemDevice> all = PmemDevice.all(sysfs);
    Set<String> wanted = new HashSet<>();
    Map<Path, List<IncompleteReason>> unlisted = new LinkedHashMap<>();
    for (Path path : paths) {
      ListFinder.Found found = below(path);
      found.lists().forEach(list -> wanted.add(list.device()));
      unlisted.put(path, found.unlisted());
    }
    Set<String> gone = new HashSet<>(wanted);
    all.forEach(device -> gone.remove(device.name()));
    if (!gone.isEmpty()) {
      throw new IOException(
          "status: " + String.join(", ", gone) + " was removed meanwhile: read the status again");
    }
    // Read before the file systems are queried: later errors are reported by the next status.
    List<Listed> devices =
        all.stream()
            .filter(device -> paths.isEmpty() || wanted.contains(device.name()))
            .map(this::listed)
            .toList();
    findOwners(devices);
    List<DeviceStatus> statuses = new ArrayList<>();
    Map<String, ErrorSource> regions = new LinkedHashMap<>();
    for (Listed device : devices) {
      statuses.add(status(device));
      regions.putIfAbsent(device.device.place().region(), device.source);
    }
    regions.forEach(
        (region, source) ->
            RegionStatus.of(host, region, source, poison, all).ifPresent(statuses::add));
    unlisted.forEach(
        (path, reasons) -> {
          if (!reasons.isEmpty()) {
            statuses.add(unknownDevices(path, reasons));
          }
        });
    if (paths.isEmpty()) {
      for (String region : NvdimmPath.regions(sysfs)) {
        if (!regions.containsKey(region)) {
          statuses.add(RegionStatus.withoutDevice(host, region, poison, this::unmapped));
        }
      }
    }
    return statuses;
  }

  private ListFinder.Found below(Path path) throws IOException {
    ListFinder.Found found = new ListFinder(host, resolver).below(path);
    if (found.lists().isEmpty()) {
      throw Unsupported.of("status", path, found.reasons());
    }
    return found;
  }

  /** The part of a path whose devices are unknown. */
  private static DeviceStatus unknownDevices(Path path, List<IncompleteReason> reasons) {
    String name = PathBytes.label(path);
    return new DeviceStatus(
        name,
        name,
        "unknown",
        "",
        0,
        new ErrorSource(name, ErrorSource.Kind.NOBODY, 0, false),
        List.of(),
        reasons,
        List.of(),
        List.of());
  }

  private Listed listed(PmemDevice device) {
    DeviceStack stack;
    try {
      stack =
          device.dax() ? resolver.resolveDax(device.number()) : resolver.resolve(device.number());
    } catch (IOException e) {
      stack =
          DeviceStack.unknown(
              IncompleteReason.Code.NO_SYSFS, device.name() + ": " + e, device.name());
    }
    SourceReader sources = new SourceReader(sysfs, host.trustedLists());
    return new Listed(device, stack, sources.read(device.name(), device.place()).source());
  }

  // Owners

  private void findOwners(List<Listed> devices) throws IOException {
    Set<String> withErrors = new HashSet<>();
    for (Listed device : devices) {
      if (!device.stack.bad().isEmpty()) {
        withErrors.add(device.device.name());
      }
    }
    Map<DeviceNumber, List<Mount>> mounts = new LinkedHashMap<>();
    for (Mount mount : host.mounts().all()) {
      if (mount.device().major() != 0) {
        mounts.computeIfAbsent(mount.device(), key -> new ArrayList<>()).add(mount);
      }
    }
    for (Map.Entry<DeviceNumber, List<Mount>> each : mounts.entrySet()) {
      DeviceStack stack = resolver.resolve(each.getKey());
      if (stack.storage() != DeviceStack.Storage.OTHER) {
        fileSystem(each.getKey(), widest(each.getValue()), stack, withErrors);
      }
    }
  }

  /** The mount that shows the largest part of a file system. */
  private static Mount widest(List<Mount> mounts) {
    return mounts.stream().min(Comparator.comparing(mount -> mount.root().length())).orElseThrow();
  }

  private void fileSystem(
      DeviceNumber number, Mount mount, DeviceStack stack, Set<String> withErrors)
      throws CancelledException {
    Path point = MountTable.path(mount.point());
    stack
        .lists()
        .forEach(
            list ->
                uses.computeIfAbsent(list.device(), key -> new LinkedHashSet<>())
                    .add(mount.type() + " on " + point + " -> " + stack.text()));
    boolean concerns = false;
    for (int i = 0; i < stack.bad().count(); i++) {
      concerns |= withErrors.contains(stack.bad().device(i));
    }
    if (concerns) {
      new FileSystemOwners(host, point, mount.type(), number, stack, resolver, claims, progress)
          .find();
    }
  }

  // Results

  private DeviceStatus status(Listed listed) {
    PmemDevice device = listed.device;
    List<IncompleteReason> reasons = new ArrayList<>(listed.stack.reasons());
    RangeSet bad = listed.stack.bad().bytes();
    return new DeviceStatus(
        device.name(),
        listed.stack.text(),
        device.place().mode(sysfs),
        device.place().provider(sysfs),
        size(device, reasons),
        listed.source,
        List.copyOf(uses.getOrDefault(device.name(), Set.of())),
        reasons,
        claims.divide(device.name(), bad, BadBlockOwner.of(Kind.UNKNOWN, otherwise(device))),
        unmapped(device.place().region(), listed.source));
  }

  private long size(PmemDevice device, List<IncompleteReason> reasons) {
    try {
      return device.size(sysfs);
    } catch (IOException e) {
      reasons.add(new IncompleteReason(IncompleteReason.Code.NO_SYSFS, device.name() + ": " + e));
      return 0;
    }
  }

  private String otherwise(PmemDevice device) {
    return device.dax()
        ? "a dax device has no owners that the kernel knows"
        : uses.containsKey(device.name())
            ? "outside of the file systems that are mounted here and can be followed: another, a"
                + " partition table, or free"
            : "no file system that can be followed to it is mounted here";
  }

  private List<UnmappedPoison> unmapped(String region, ErrorSource source) {
    if (source.kind() != ErrorSource.Kind.DEVICE_LIST) {
      return List.of();
    }
    return poison.read(region).unmapped().stream()
        .filter(counted::add)
        .map(u -> new UnmappedPoison(u.memdev(), u.address(), u.length()))
        .sorted(Comparator.comparing(UnmappedPoison::memdev).thenComparing(UnmappedPoison::address))
        .toList();
  }
}
