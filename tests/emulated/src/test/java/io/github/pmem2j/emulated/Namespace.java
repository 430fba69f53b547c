package io.github.pmem2j.emulated;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A persistent-memory namespace: a disk (/dev/pmemN, /dev/pmemNs in sector mode) or a dax device.
 *
 * @param name what ndctl calls it, such as "namespace0.0"
 * @param device its device file
 */
record Namespace(String name, Path device) {
  private static final Path DAX = Path.of("/sys/bus/dax/devices");

  /**
   * The namespaces of a bus that have a device, in order of their names.
   *
   * @param provider "e820", "ACPI.NFIT" (QEMU's NVDIMM), "nfit_test.0", "CXL" or "virtio-pmem"
   */
  static List<Namespace> of(String provider) {
    Path bus = Sysfs.bus(provider).orElse(null);
    Stream<Path> disks = Sysfs.list(Sysfs.BLOCK, "pmem\\d+s?").stream();
    return Stream.concat(disks, Sysfs.list(DAX, "dax.*").stream())
        .map(Sysfs::real)
        .filter(device -> bus != null && device.startsWith(bus))
        .map(Namespace::ofDevice)
        .sorted(Comparator.comparing(Namespace::name))
        .toList();
  }

  /** The disk's directory in sysfs. */
  Path sysfs() {
    return Sysfs.real(Sysfs.BLOCK.resolve(device.getFileName()));
  }

  /** How many sectors the disk has. */
  long sectors() {
    return Long.parseLong(Sysfs.read(sysfs().resolve("size")));
  }

  /** The disk's list of bad blocks, relative to its start. */
  List<Sectors> badBlocks() {
    return Sectors.parse(Sysfs.read(sysfs().resolve("badblocks")));
  }

  /** The region's list of bad blocks, relative to the region's start. */
  List<Sectors> regionBadBlocks() {
    return Sectors.parse(Sysfs.read(region().resolve("badblocks")));
  }

  /** The region's directory in sysfs. */
  Path region() {
    return Sysfs.real(Sysfs.ND.resolve(name)).getParent();
  }

  /** "raw", "memory" (fsdax), "dax" (devdax) or "safe" (sector). */
  String mode() {
    return Sysfs.read(Sysfs.ND.resolve(name).resolve("mode"));
  }

  /**
   * Adds bad blocks to the disk's list, unknown to the bus: works on any disk, and is the only way
   * without nfit_test, see {@link NfitTest#inject}. The reset before each test removes them.
   */
  void inject(Sectors... bad) {
    for (Sectors range : bad) {
      Sysfs.write(sysfs().resolve("badblocks"), range.first() + " " + range.count());
    }
  }

  /** Removes the disk and creates it again, with the bad blocks that the bus knows. */
  void rebind() {
    Path driver = Sysfs.ND.resolve(name).resolve("driver");
    if (Files.exists(driver)) {
      Path here = Sysfs.real(driver);
      Sysfs.write(here.resolve("unbind"), name);
      Sysfs.write(here.resolve("bind"), name);
    } else { // Its driver has what claims it.
      Command.run("ndctl", "disable-namespace", name);
      Command.run("ndctl", "enable-namespace", name);
    }
    Sysfs.await(device + " to come back", () -> Files.exists(device));
  }

  /**
   * How far the device's first sector is from the region's: what to subtract from the region's
   * list. In fsdax and devdax mode the namespace starts with data of the kernel's own.
   */
  long regionOffset() {
    return (address() - Long.decode(Sysfs.read(region().resolve("resource")))) / Sectors.SIZE;
  }

  /** The device's first byte in the machine's memory. */
  long address() {
    Path start = holderOf(Sysfs.real(sysfsDevice())).resolve("resource");
    if (!Files.exists(start)) {
      start = Sysfs.ND.resolve(name).resolve("resource");
    }
    return Long.decode(Sysfs.read(start));
  }

  private Path sysfsDevice() {
    Path file = device.getFileName();
    return (file.toString().startsWith("dax") ? DAX : Sysfs.BLOCK).resolve(file);
  }

  private static Namespace ofDevice(Path sysfs) {
    Path holder = holderOf(sysfs);
    String name =
        isNamespace(holder)
            ? holder.getFileName().toString()
            : Sysfs.read(holder.resolve("namespace"));
    return new Namespace(name, Path.of("/dev").resolve(sysfs.getFileName()));
  }

  /** What a device is made of: its namespace, or that which claims the namespace. */
  private static Path holderOf(Path sysfs) {
    Path at = sysfs;
    while (!isNamespace(at) && !Files.exists(at.resolve("namespace"))) {
      at = at.getParent();
    }
    return at;
  }

  private static boolean isNamespace(Path sysfs) {
    return sysfs.getFileName().toString().matches("namespace\\d+\\.\\d+");
  }
}
