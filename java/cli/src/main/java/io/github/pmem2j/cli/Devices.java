package io.github.pmem2j.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The persistent memory that the kernel shows.
 *
 * @param regions the regions of the NVDIMM bus
 * @param namespaces its namespaces, without the empty ones that stand ready to be configured
 * @param disks the block devices
 * @param daxDevices the dax devices, of the NVDIMM bus and others
 * @param files the files that libpmem2 and libndctl need
 */
record Devices(
    List<Region> regions,
    List<Namespace> namespaces,
    List<Disk> disks,
    List<DaxDevice> daxDevices,
    List<NeededFile> files) {
  /** A region; {@code size} and {@code badRanges} are null where they cannot be read. */
  record Region(String name, Long size, BadRanges badRanges) {}

  /**
   * A namespace; {@code mode} as ndctl names it, {@code device} what it is used through, or null.
   */
  record Namespace(String name, String mode, Long size, String device) {}

  /** A block device, with the partitions and device-mapper volumes on it. */
  record Disk(String name, Long size, BadRanges badRanges, List<String> volumes) {}

  /** A dax device; libpmem2 finds it if it is on the NVDIMM bus. */
  record DaxDevice(String name, Long size, boolean onNvdimmBus) {}

  private static final Path BUS = Path.of("bus/nd/devices");
  private static final int SECTOR = 512;
  private static final Map<String, String> MODES =
      Map.of("memory", "fsdax", "dax", "devdax", "safe", "sector");

  /** Reads them from the tree. */
  static Devices in(Sysfs sysfs) {
    return new Reader(sysfs).read();
  }

  /** What {@link #in} gathers while it walks. */
  private static final class Reader {
    private final Sysfs sysfs;
    private final List<NeededFile> files = new ArrayList<>();

    Reader(Sysfs sysfs) {
      this.sysfs = sysfs;
    }

    Devices read() {
      List<Region> regions = sysfs.entries(BUS, "region*").stream().map(this::region).toList();
      List<Namespace> namespaces =
          sysfs.entries(BUS, "namespace*").stream()
              .filter(path -> sysfs.number(path.resolve("size")).orElse(1L) != 0)
              .map(this::namespace)
              .toList();
      List<Disk> disks = sysfs.entries(Path.of("block"), "pmem*").stream().map(this::disk).toList();
      List<DaxDevice> daxDevices =
          sysfs.entries(Path.of("bus/dax/devices"), "dax*").stream().map(this::daxDevice).toList();
      return new Devices(regions, namespaces, disks, daxDevices, files);
    }

    private Region region(Path path) {
      need(path.resolve("resource"));
      return new Region(name(path), size(path), badRanges(path));
    }

    private Namespace namespace(Path path) {
      String mode = sysfs.read(path.resolve("mode")).orElse("unknown");
      String holder = sysfs.read(path.resolve("holder")).orElse("");
      if (!holder.isEmpty()) {
        Path held = path.resolveSibling(holder);
        need(held.resolve("resource"));
        need(held.resolve("size"));
      }
      need(path.resolve("resource"));
      return new Namespace(
          name(path), MODES.getOrDefault(mode, mode), size(path), device(path, holder));
    }

    /** The disk or dax device whose place in the tree is below the namespace or its holder. */
    private String device(Path namespace, String holder) {
      List<Path> devices = sysfs.entries(Path.of("block"), "pmem*");
      devices.addAll(sysfs.entries(Path.of("bus/dax/devices"), "dax*"));
      for (Path device : devices) {
        for (Path part : sysfs.place(device).getParent()) {
          if (part.toString().equals(holder) || part.toString().equals(name(namespace))) {
            return name(device);
          }
        }
      }
      return null;
    }

    private Disk disk(Path path) {
      List<String> volumes = new ArrayList<>();
      for (Path partition : sysfs.entries(path, name(path) + "p*")) {
        volumes.add(name(partition));
        sysfs.entries(partition.resolve("holders"), "*").forEach(v -> volumes.add(name(v)));
      }
      sysfs.entries(path.resolve("holders"), "*").forEach(v -> volumes.add(name(v)));
      Long sectors = sysfs.number(path.resolve("size")).orElse(null);
      return new Disk(
          name(path), sectors == null ? null : sectors * SECTOR, badRanges(path), volumes);
    }

    private DaxDevice daxDevice(Path path) {
      boolean onBus = sysfs.place(path).toString().contains("/ndbus");
      return new DaxDevice(name(path), size(path), onBus);
    }

    private Long size(Path path) {
      need(path.resolve("size"));
      return sysfs.number(path.resolve("size")).orElse(null);
    }

    private BadRanges badRanges(Path path) {
      return need(path.resolve("badblocks")).map(BadRanges::of).orElse(null);
    }

    /** Reads a file that is needed, and notes how that went; not if there is none. */
    private Optional<String> need(Path file) {
      try {
        String text = Sysfs.content(file);
        files.add(NeededFile.readable(file));
        return Optional.of(text);
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        files.add(NeededFile.unreadable(file, e));
        return Optional.empty();
      }
    }

    private static String name(Path path) {
      return path.getFileName().toString();
    }
  }
}
