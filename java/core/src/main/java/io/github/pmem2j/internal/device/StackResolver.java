package io.github.pmem2j.internal.device;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * From a block device down to the memory, and back up with the bad sectors: whole disks,
 * partitions, and device-mapper's linear and striped targets in any nesting. What else there is has
 * an answer only where that is the same however the devices are put together.
 *
 * <p>Asks the kernel anew for every call of {@link #resolve(DeviceNumber)}: devices come, go and
 * are put together differently.
 */
public final class StackResolver {
  private static final int DEEPEST = 32;

  /** Block devices made of nothing that could have a list, although they are virtual. */
  private static final List<String> MEMORY_DEVICES = List.of("ram", "zram", "nullb");

  private final Host host;
  private final Sysfs sysfs;
  private final DeviceBadBlocks lists;

  /** Read once, because nothing but text for people depends on them. */
  private final Map<String, String> diskTexts = new ConcurrentHashMap<>();

  public StackResolver(Host host) {
    this.host = host;
    this.sysfs = host.sysfs();
    this.lists = new DeviceBadBlocks(sysfs);
  }

  /** The stack below a block device. */
  public DeviceStack resolve(DeviceNumber device) {
    return new Resolution().resolve(device, 0);
  }

  /** One walk, in which a device that is met again is not asked again. */
  private final class Resolution {
    private final Map<DeviceNumber, DeviceStack> known = new HashMap<>(2);

    DeviceStack resolve(DeviceNumber device, int depth) {
      DeviceStack stack = known.get(device);
      if (stack == null) {
        stack = ask(device, depth);
        known.put(device, stack);
      }
      return stack;
    }

    private DeviceStack ask(DeviceNumber device, int depth) {
      String directory = null;
      try {
        directory = sysfs.blockDevice(device);
        if (directory == null) {
          return DeviceStack.unknown(
              IncompleteReason.Code.NO_SYSFS,
              sysfs.file("dev/block", device.toString())
                  + " does not exist: mount sysfs there, and let the container see the device",
              "device " + device);
        }
        if (depth > DEEPEST) {
          return unknownMapping(directory, "is made of devices more than " + DEEPEST + " deep");
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
        return disk(directory, place);
      }
      if (sysfs.exists(directory, "partition")) {
        return partition(directory, depth);
      }
      String name = NvdimmPath.name(directory);
      if (sysfs.exists(directory, "dm")) {
        return mapped(device, directory, depth);
      }
      if (name.matches("loop[0-9]+")) {
        return DeviceStack.unknown(
            IncompleteReason.Code.LOOP_DEVICE,
            name
                + " is a loop device over "
                + sysfs.line(directory, "loop/backing_file")
                + ": scan that file",
            name);
      }
      List<DeviceStack> below = slaves(directory, depth);
      if (!below.isEmpty()) {
        return made(
            name, below, IncompleteReason.Code.UNKNOWN_MAPPING, name + " is made of other devices");
      }
      boolean virtual = directory.contains("/virtual/block/");
      if (place != null || virtual && MEMORY_DEVICES.stream().noneMatch(name::startsWith)) {
        return unknownMapping(directory, "is of a kind that is not known here");
      }
      return DeviceStack.other(name);
    }

    private DeviceStack disk(String directory, NvdimmPath place) {
      String name = NvdimmPath.name(directory);
      String text = diskTexts.computeIfAbsent(directory, key -> diskText(name, place));
      if (place.sectorMode()) {
        return DeviceStack.unknown(
            IncompleteReason.Code.SECTOR_MODE,
            name
                + " is in sector mode, which moves sectors about and repairs them itself: where a"
                + " file lies in the memory cannot be told",
            text);
      }
      DeviceBadBlocks.Answer answer = lists.ofDisk(directory, place);
      return new DeviceStack(
          DeviceStack.Storage.PMEM, answer.bad(), answer.reasons(), text, List.of(answer.list()));
    }

    private DeviceStack partition(String directory, int depth) throws IOException {
      DeviceStack disk =
          resolve(sysfs.deviceNumber(NvdimmPath.parent(directory), "dev"), depth + 1);
      BadSectors bad =
          disk.bad().isEmpty()
              ? disk.bad()
              : disk.bad()
                  .section(sysfs.number(directory, "start"), sysfs.number(directory, "size"));
      return disk.below(NvdimmPath.name(directory), bad);
    }

    private DeviceStack mapped(DeviceNumber device, String directory, int depth)
        throws IOException {
      String name = "/dev/mapper/" + sysfs.line(directory, "dm/name");
      MappingTable table;
      try {
        table = MappingTable.parse(host.mappingTable(device));
      } catch (IOException e) {
        return made(
            name,
            slaves(directory, depth),
            IncompleteReason.Code.TABLE_UNREADABLE,
            "the table of " + name + " cannot be read (" + NativeError.cause(e) + "; run as root)");
      } catch (MappingTable.UnknownException e) {
        return made(
            name,
            slaves(directory, depth),
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
      return joined(name, below, lifted.build());
    }

    private List<DeviceStack> slaves(String directory, int depth) throws IOException {
      List<DeviceStack> below = new ArrayList<>();
      for (String slave : sysfs.names(directory, "slaves")) {
        below.add(resolve(sysfs.deviceNumber(directory + "/slaves/" + slave, "dev"), depth + 1));
      }
      return below;
    }

    /** A device made of others in a way that is not known: it is clean if all of them are. */
    private DeviceStack made(
        String name, List<DeviceStack> below, IncompleteReason.Code code, String message) {
      DeviceStack stack = joined(name, below, BadSectors.NONE);
      boolean told =
          !below.isEmpty()
              && (stack.storage() == DeviceStack.Storage.OTHER
                  || below.stream().allMatch(DeviceStack::clean));
      if (told) {
        return stack;
      }
      List<IncompleteReason> reasons = new ArrayList<>();
      reasons.add(
          new IncompleteReason(
              code,
              message
                  + ", and not all that is below it is persistent memory without bad blocks: scan "
                  + (below.isEmpty()
                      ? "what it is made of"
                      : stack.text().replace(name + " -> ", ""))));
      stack.reasons().stream()
          .filter(reason -> reason.code() != IncompleteReason.Code.MIXED_STORAGE)
          .forEach(reasons::add);
      return new DeviceStack(
          stack.storage(), BadSectors.NONE, reasons, stack.text(), stack.lists());
    }

    /** A device made of others, and the bad sectors that this gives it. */
    private DeviceStack joined(String name, List<DeviceStack> below, BadSectors bad) {
      Set<IncompleteReason> reasons = new LinkedHashSet<>();
      Set<DeviceStack.Storage> storages = new LinkedHashSet<>();
      Set<BadBlockSource> sources = new LinkedHashSet<>();
      for (DeviceStack stack : below) {
        reasons.addAll(stack.reasons());
        sources.addAll(stack.lists());
        storages.add(stack.storage());
      }
      DeviceStack.Storage storage =
          storages.size() == 1 ? storages.iterator().next() : DeviceStack.Storage.MIXED;
      if (storages.size() > 1) {
        reasons.add(
            new IncompleteReason(
                IncompleteReason.Code.MIXED_STORAGE,
                name + " is made of persistent memory and of storage without bad-block lists"));
      }
      String text = below.stream().map(DeviceStack::text).collect(Collectors.joining(", "));
      return new DeviceStack(
          storage,
          bad,
          List.copyOf(reasons),
          name + " -> " + (below.size() == 1 ? text : "{" + text + "}"),
          List.copyOf(sources));
    }

    private DeviceStack unknownMapping(String directory, String what) {
      String name = NvdimmPath.name(directory);
      return DeviceStack.unknown(
          IncompleteReason.Code.UNKNOWN_MAPPING,
          name + " " + what + ": scan what it lies on",
          name);
    }
  }

  /** The stack of a dax device, by its character device. */
  public DeviceStack resolveDax(DeviceNumber device) throws IOException {
    String directory = sysfs.characterDevice(device);
    if (directory == null) {
      return DeviceStack.unknown(
          IncompleteReason.Code.NO_SYSFS,
          sysfs.file("dev/char", device.toString())
              + " does not exist: mount sysfs there, and let the container see the device",
          "device " + device);
    }
    String name = NvdimmPath.name(directory);
    NvdimmPath place = NvdimmPath.of(directory);
    if (place == null) {
      return DeviceStack.unknown(
          IncompleteReason.Code.DAX_WITHOUT_LIST,
          name + " is not on the NVDIMM bus: the kernel keeps no list of its bad blocks",
          name);
    }
    DeviceBadBlocks.Answer answer = lists.ofDaxDevice(directory, place);
    return new DeviceStack(
        DeviceStack.Storage.PMEM,
        answer.bad(),
        answer.reasons(),
        name + " (" + NvdimmPath.name(place.region()) + ", devdax)",
        List.of(answer.list()));
  }

  private String diskText(String name, NvdimmPath place) {
    String region = NvdimmPath.name(place.region());
    return name + " (" + region + ", " + namespace(place) + ", " + place.mode() + ")";
  }

  private String namespace(NvdimmPath place) {
    String owner = NvdimmPath.name(place.owner());
    if (owner.startsWith("namespace")) {
      return owner;
    }
    try {
      String namespace = sysfs.line(place.owner(), "namespace");
      return namespace == null || namespace.isEmpty() ? owner : namespace;
    } catch (IOException e) {
      return owner;
    }
  }
}
