package io.github.pmem2j.internal.device;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Settled;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Resolves a block device to the memory below it and maps the bad sectors back up: whole disks,
 * partitions, and device-mapper's linear and striped targets in any nesting. Other stacks get a
 * result only if it does not depend on how the devices are combined.
 *
 * <p>Every call of {@link #resolve(DeviceNumber)} queries the kernel again: devices come, go and
 * are recombined.
 */
public final class StackResolver {
  private static final int MAX_DEPTH = 32;

  private static final int MAX_READS = 4;

  /** Those of this machine, shared by all resolvers, so that each disk is held once. */
  private static final HealthyDisks LOCAL_DISKS = new HealthyDisks();

  private final Host host;
  private final Sysfs sysfs;
  private final DeviceBadBlocks lists;

  /** Cached, as only messages depend on them. */
  private final Map<String, String> diskTexts = new ConcurrentHashMap<>();

  public StackResolver(Host host) {
    this(host, new CxlPoison(host.sysfs()));
  }

  /** Creates a resolver with a reader of CXL devices' lists. */
  public StackResolver(Host host, CxlPoison poison) {
    this.host = host;
    this.sysfs = host.sysfs();
    this.lists = new DeviceBadBlocks(host, poison);
  }

  /** The stack below a block device. */
  public DeviceStack resolve(DeviceNumber device) {
    DeviceStack stack = null;
    for (int i = 0; i < MAX_READS; i++) {
      Resolution resolution = new Resolution();
      stack = resolution.resolve(device, 0);
      if (resolution.unchanged()) {
        return stack;
      }
    }
    return DeviceStack.unknown(
        IncompleteReason.Code.CHANGING,
        stack.text() + " was reconfigured while it was scanned: scan again",
        stack.text());
  }

  /** How a device is composed, which may change at any time. */
  @FunctionalInterface
  private interface Composition {
    Object read() throws IOException;
  }

  /** One traversal, which reads each device once. */
  private final class Resolution {
    private final Map<Composition, Object> compositions = new LinkedHashMap<>(2);
    private final Map<DeviceNumber, DeviceStack> known = new HashMap<>(2);

    /** Reads how a device is composed, and remembers it for {@link #unchanged}. */
    private <T> T remember(Composition composition, Class<T> type) throws IOException {
      Object read = composition.read();
      compositions.put(composition, read);
      return type.cast(read);
    }

    /** Whether all devices are still composed as they were during this traversal. */
    boolean unchanged() {
      for (Map.Entry<Composition, Object> seen : compositions.entrySet()) {
        try {
          if (!seen.getKey().read().equals(seen.getValue())) {
            return false;
          }
        } catch (IOException e) {
          return false;
        }
      }
      return true;
    }

    DeviceStack resolve(DeviceNumber device, int depth) {
      DeviceStack stack = known.get(device);
      if (stack == null) {
        stack = ask(device, depth);
        known.put(device, stack);
      }
      return stack;
    }

    private DeviceStack ask(DeviceNumber device, int depth) {
      DeviceStack healthy = host.isLocal() ? LOCAL_DISKS.get(device) : null;
      if (healthy != null) {
        return healthy;
      }
      String directory = null;
      try {
        directory = sysfs.blockDevice(device);
        if (directory == null) {
          return notInSysfs("dev/block", device);
        }
        if (depth > MAX_DEPTH) {
          return unknownMapping(directory, "is made of devices more than " + MAX_DEPTH + " deep");
        }
        return ask(device, directory, depth);
      } catch (IOException e) {
        return DeviceStack.unknown(
            IncompleteReason.Code.NO_SYSFS,
            sysfs.file("dev/block", device.toString())
                + " cannot be followed: "
                + NativeError.cause(e)
                + "; allow this user to read it",
            directory == null ? "device " + device : NvdimmPath.name(directory));
      }
    }

    private DeviceStack ask(DeviceNumber device, String directory, int depth) throws IOException {
      NvdimmPath place = NvdimmPath.of(directory);
      boolean wholeDisk = NvdimmPath.name(NvdimmPath.parent(directory)).equals("block");
      if (place != null && wholeDisk) {
        DeviceStack stack = disk(directory, place);
        if (host.isLocal()) {
          LOCAL_DISKS.put(device, sysfs, directory, place, stack);
        }
        return stack;
      }
      if (sysfs.exists(directory, "partition")) {
        return partition(directory, depth);
      }
      String name = NvdimmPath.name(directory);
      if (sysfs.exists(directory, "dm")) {
        return mapped(device, directory, depth);
      }
      if (name.matches("loop[0-9]+")) {
        String file = sysfs.line(directory, "loop/backing_file");
        return DeviceStack.unknown(
            IncompleteReason.Code.LOOP_DEVICE,
            file == null
                ? name + " is a loop device to which no file is attached"
                : name + " is a loop device over " + file + ": scan that file",
            name);
      }
      if (sysfs.exists(directory, "md")) {
        return raid(directory, depth);
      }
      List<DeviceStack> below = slaves(directory, depth);
      if (!below.isEmpty()) {
        return Layer.made(
            name,
            below,
            Layer.Kind.STORAGE,
            IncompleteReason.Code.UNKNOWN_MAPPING,
            name + " combines other devices in a way that pmem2j does not know");
      }
      if (place != null || !OwnStorage.test(sysfs, directory)) {
        return unknownMapping(directory, "is of a kind that pmem2j does not know");
      }
      return DeviceStack.other(name);
    }

    private DeviceStack disk(String directory, NvdimmPath place) {
      String name = NvdimmPath.name(directory);
      String text = diskTexts.computeIfAbsent(directory, key -> place.text(sysfs, name));
      if (place.sectorMode()) {
        return DeviceStack.unknown(
            IncompleteReason.Code.SECTOR_MODE,
            name
                + " is in sector mode, which relocates sectors by itself: where a file lies in the"
                + " memory is unknown",
            text);
      }
      return lists.ofDisk(directory, place).stack(text);
    }

    private DeviceStack partition(String directory, int depth) throws IOException {
      DeviceStack disk =
          resolve(sysfs.deviceNumber(NvdimmPath.parent(directory), "dev"), depth + 1);
      if (disk.bad().isEmpty()) {
        return disk.below(NvdimmPath.name(directory), disk.bad());
      }
      List<Long> bounds =
          Settled.read(
              sysfs.file(directory, "start"),
              () -> List.of(sysfs.number(directory, "start"), sysfs.number(directory, "size")));
      return disk.below(
          NvdimmPath.name(directory), disk.bad().section(bounds.get(0), bounds.get(1)));
    }

    private DeviceStack mapped(DeviceNumber device, String directory, int depth)
        throws IOException {
      String name = "/dev/mapper/" + sysfs.line(directory, "dm/name");
      String text = "";
      MappingTable table;
      try {
        text = remember(() -> host.mappingTable(device), String.class);
        table = MappingTable.parse(text);
      } catch (IOException e) {
        return Layer.made(
            name,
            slaves(directory, depth),
            Layer.Kind.ERRORS,
            IncompleteReason.Code.TABLE_UNREADABLE,
            "the table of " + name + " cannot be read (" + NativeError.cause(e) + "; run as root)");
      } catch (MappingTable.UnknownException e) {
        return Layer.made(
            name,
            slaves(directory, depth),
            MappingTable.plain(text) ? Layer.Kind.PLAIN : Layer.Kind.ERRORS,
            IncompleteReason.Code.UNKNOWN_MAPPING,
            name + " cannot be followed, because " + e.getMessage());
      }
      List<DeviceStack> below = new ArrayList<>();
      BadSectors.Builder lifted = new BadSectors.Builder();
      try {
        for (DeviceNumber part : table.devices()) {
          DeviceStack stack = resolve(part, depth + 1);
          below.add(stack);
          table.lift(part, stack.bad(), lifted);
        }
      } catch (MappingTable.UnknownException e) {
        return unknownMapping(directory, "cannot be followed: " + e.getMessage());
      }
      return Layer.joined(name, below, lifted.build());
    }

    private DeviceStack raid(String directory, int depth) throws IOException {
      String name = NvdimmPath.name(directory);
      List<DeviceStack> below = slaves(directory, depth);
      String errors = remember(() -> Raid.ownErrors(sysfs, directory), String.class);
      return Layer.made(
          name,
          below,
          errors.isEmpty() ? Layer.Kind.PLAIN : Layer.Kind.ERRORS,
          IncompleteReason.Code.UNKNOWN_MAPPING,
          errors.isEmpty()
              ? name + " is made of other devices"
              : name + " may fail where its members do not, by " + errors);
    }

    private List<DeviceStack> slaves(String directory, int depth) throws IOException {
      List<DeviceStack> below = new ArrayList<>();
      List<?> slaves = remember(() -> sysfs.names(directory, "slaves"), List.class);
      for (Object slave : slaves) {
        below.add(resolve(sysfs.deviceNumber(directory + "/slaves/" + slave, "dev"), depth + 1));
      }
      return below;
    }

    private DeviceStack unknownMapping(String directory, String what) {
      String name = NvdimmPath.name(directory);
      return DeviceStack.unknown(
          IncompleteReason.Code.UNKNOWN_MAPPING,
          name + " " + what + ": scan the device below it",
          name);
    }
  }

  private DeviceStack notInSysfs(String directory, DeviceNumber device) {
    return DeviceStack.unknown(
        IncompleteReason.Code.NO_SYSFS,
        sysfs.file(directory, device.toString())
            + " does not exist: mount sysfs there, and let the container see the device",
        "device " + device);
  }

  /** The stack of a dax device, by its character device. */
  public DeviceStack resolveDax(DeviceNumber device) throws IOException {
    String directory = sysfs.characterDevice(device);
    if (directory == null) {
      return notInSysfs("dev/char", device);
    }
    String name = NvdimmPath.name(directory);
    NvdimmPath place = NvdimmPath.of(directory);
    if (place == null) {
      return DeviceStack.unknown(
          IncompleteReason.Code.DAX_WITHOUT_LIST,
          name + " is not on the NVDIMM bus: the kernel keeps no list of its bad blocks",
          name);
    }
    return lists
        .ofDaxDevice(directory, place)
        .stack(name + " (" + NvdimmPath.name(place.region()) + ", devdax)");
  }
}
