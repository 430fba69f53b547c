package io.github.pmem2j.cli;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.cli.json.DoctorJson.BadRanges;
import io.github.pmem2j.cli.json.DoctorJson.DaxDevice;
import io.github.pmem2j.cli.json.DoctorJson.Devices;
import io.github.pmem2j.cli.json.DoctorJson.Disk;
import io.github.pmem2j.cli.json.DoctorJson.Namespace;
import io.github.pmem2j.cli.json.DoctorJson.NeededFile;
import io.github.pmem2j.cli.json.DoctorJson.Region;
import io.github.pmem2j.cli.json.SourceJson;
import io.github.pmem2j.scan.BadBlockListSummary;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads from sysfs which persistent memory the kernel shows. */
final class DeviceReader {
  private static final Path BUS = Path.of("bus/nd/devices");
  private static final Map<String, String> MODES =
      Map.of("memory", "fsdax", "dax", "devdax", "safe", "sector");

  private final Sysfs sysfs;
  private final List<NeededFile> files = new ArrayList<>();

  private DeviceReader(Sysfs sysfs) {
    this.sysfs = sysfs;
  }

  /** Reads everything in the tree. */
  static Devices read(Sysfs sysfs) {
    return new DeviceReader(sysfs).read();
  }

  private Devices read() {
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

  /** The disk or dax device below the namespace or its holder in the tree. */
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
        name(path),
        sectors == null ? null : sectors * BadRange.SECTOR_SIZE,
        badRanges(path),
        source(path),
        volumes);
  }

  private DaxDevice daxDevice(Path path) {
    boolean onBus = sysfs.place(path).toString().contains("/ndbus");
    return new DaxDevice(name(path), size(path), onBus, source(path));
  }

  private static SourceJson source(Path device) {
    try {
      return BadBlockListSummary.source(device).map(SourceJson::of).orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  private Long size(Path path) {
    need(path.resolve("size"));
    return sysfs.number(path.resolve("size")).orElse(null);
  }

  private BadRanges badRanges(Path path) {
    return need(path.resolve("badblocks"), BadBlockListSummary::read)
        .map(list -> new BadRanges(list.count(), list.complete()))
        .orElse(null);
  }

  private void need(Path file) {
    need(file, Sysfs::content);
  }

  /** Reads a needed file, and records whether it could be read unless it does not exist. */
  private <T> Optional<T> need(Path file, Reader<T> reader) {
    try {
      T content = reader.read(file);
      files.add(NeededFiles.readable(file));
      return Optional.of(content);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      files.add(NeededFiles.unreadable(file, e));
      return Optional.empty();
    }
  }

  private interface Reader<T> {
    T read(Path file) throws IOException;
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
