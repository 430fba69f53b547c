package io.github.pmem2j.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The emulated machine, as a scenario changes it: file systems, partitions, mapped devices. A
 * scenario class says {@code @ExtendWith(MachineExtension.class)} and takes a Machine as a
 * parameter; each test then starts from a machine that {@link #reset} has cleaned.
 */
final class Machine {
  private static final Path MOUNTS = Path.of("/run/mnt");
  private static final Path MAPPER = Path.of("/dev/mapper");

  /** A section of a block device that becomes a part of a mapped device. */
  record Section(Path device, Sectors sectors) {}

  /** The persistent-memory disks that take any use, mapping included: two in stock, one in nfit. */
  List<Namespace> disks() {
    return Namespace.of("e820");
  }

  /** The NVDIMM whose content outlives the machine, if tests/emulated/boot was given one. */
  Namespace nvdimm() {
    return Namespace.of("ACPI.NFIT").get(0);
  }

  /** Makes an ext4 file system, with blocks of a page, and mounts it for direct access. */
  Path ext4(Path device) {
    List<Object> words = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE));
    // Later the kernel would write zeros over inodes, and clear what a scenario makes bad there.
    words.addAll(List.of("-E", "lazy_itable_init=0"));
    if (Cxl.isPresent()) {
      // Its memory takes a second for 8 MiB.
      words.addAll(List.of("-J", "size=4", "-N", 128));
    }
    words.add(device);
    Command.run(words.toArray());
    return mount(device, "-o", "dax");
  }

  /** Makes an ext4 file system on a device that cannot be accessed directly, and mounts it. */
  Path ext4WithoutDax(Path device) {
    Command.run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", device);
    return mount(device);
  }

  /** Makes an XFS file system whose files may share blocks, and mounts it. */
  Path xfsWithSharing(Path device, String... options) {
    Command.run("mkfs.xfs", "-q", "-f", "-m", "reflink=1,rmapbt=1", device);
    return mount(device, options);
  }

  /** Makes an XFS file system, which takes 300 MiB at least, and mounts it for direct access. */
  Path xfs(Path device) {
    Command.run("mkfs.xfs", "-q", "-f", "-m", "reflink=0,rmapbt=1", device);
    return mount(device, "-o", "dax");
  }

  /** Mounts a device on a new directory. */
  Path mount(Path device, String... options) {
    try {
      Files.createDirectories(MOUNTS);
      Path directory = Files.createTempDirectory(MOUNTS, device.getFileName() + "-");
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
      List<Object> words = new ArrayList<>(List.of("mount"));
      words.addAll(Arrays.asList(options));
      words.addAll(List.of(device, directory));
      Command.run(words.toArray());
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unmounts, after the garbage collector has let go of the files that a test left mapped. */
  void unmount(Path directory) {
    if (Command.attempt("umount", directory).exitCode() != 0) {
      System.gc();
      Sysfs.await(
          "umount " + directory, () -> Command.attempt("umount", directory).exitCode() == 0);
    }
  }

  /** Cuts a disk into partitions, and returns their device files. */
  List<Path> partition(Namespace disk, Sectors... parts) {
    String table =
        Stream.of(parts)
            .map(part -> "start=%d, size=%d, type=L\n".formatted(part.first(), part.count()))
            .collect(Collectors.joining("", "label: gpt\n", ""));
    Command.runWithInput(table, "sfdisk", "-q", disk.device());
    List<Path> devices = new ArrayList<>();
    for (int number = 1; number <= parts.length; number++) {
      Path device = Path.of(disk.device() + "p" + number);
      Sysfs.await(device + " to appear", () -> Files.exists(device));
      devices.add(device);
    }
    return devices;
  }

  /** Makes a mapped device of sections, one after the other. */
  Path linear(String name, Section... sections) {
    StringBuilder table = new StringBuilder();
    long at = 0;
    for (Section section : sections) {
      long count = section.sectors().count();
      table.append("%d %d linear %s\n".formatted(at, count, place(section)));
      at += count;
    }
    return map(name, table.toString());
  }

  /** Makes a mapped device of sections of one size, in stripes of some sectors. */
  Path striped(String name, long stripe, Section... sections) {
    String places = Stream.of(sections).map(Machine::place).collect(Collectors.joining(" "));
    long total = sections.length * sections[0].sectors().count();
    return map(name, "0 %d striped %d %d %s\n".formatted(total, sections.length, stripe, places));
  }

  /** Makes a device-mapper device by its table. */
  Path map(String name, String table) {
    Command.runWithInput(table, "dmsetup", "create", "--noudevsync", name);
    Command.run("dmsetup", "mknodes", name);
    return MAPPER.resolve(name);
  }

  /** Gives a device-mapper device another table, even if it is in use. */
  void remap(String name, String table) {
    Command.runWithInput(table, "dmsetup", "load", name);
    // Suspends it, in the way that is said, before it takes the table.
    Command.run("dmsetup", "resume", "--noflush", "--nolockfs", "--noudevsync", name);
  }

  /** Makes a RAID of partitions or disks: level "0" or "1". */
  Path raid(String level, Path... devices) {
    Path raid = Path.of("/dev/md127");
    List<Object> words = new ArrayList<>(List.of("mdadm", "--create", raid, "--run"));
    words.addAll(List.of("--level", level, "--assume-clean", "--metadata", "1.2"));
    words.addAll(List.of("--raid-devices", devices.length));
    words.addAll(Arrays.asList(devices));
    Command.run(words.toArray());
    Sysfs.await(raid + " to appear", () -> Files.exists(raid));
    return raid;
  }

  /**
   * Removes everything that scenarios create: mounts under /run/mnt, mapped devices, loop devices,
   * RAIDs, partitions, bad blocks, and other shapes of nfit_test's namespaces. Looks at what
   * exists, not at what was requested, so that a test that failed half-way leaves nothing to the
   * next.
   */
  void reset() {
    List<Path> mounts = mounts();
    Collections.reverse(mounts);
    mounts.forEach(this::unmount);
    if (!Sysfs.list(Sysfs.BLOCK, "dm-\\d+").isEmpty()) {
      Command.run("dmsetup", "remove_all", "--noudevsync");
      Command.run("dmsetup", "mknodes");
    }
    if (Sysfs.list(Sysfs.BLOCK, "loop\\d+").stream()
        .anyMatch(loop -> Files.exists(loop.resolve("loop")))) {
      Command.run("losetup", "-D");
    }
    for (Path raid : Sysfs.list(Sysfs.BLOCK, "md\\d+")) {
      Command.run("mdadm", "--stop", Path.of("/dev").resolve(raid.getFileName()));
    }
    List<Namespace> all = new ArrayList<>(disks());
    all.addAll(Namespace.of("ACPI.NFIT"));
    for (Namespace disk : all) {
      if (!Sysfs.list(disk.sysfs(), "pmem.*p\\d+").isEmpty()) {
        Command.run("wipefs", "-a", "-f", "-q", disk.device());
        Command.run("blockdev", "--rereadpt", disk.device());
      }
      if (!disk.badBlocks().isEmpty()) {
        disk.rebind();
      }
    }
    if (NfitTest.isPresent()) {
      NfitTest.reset();
    }
    if (Cxl.isPresent()) {
      Cxl.reset();
    }
  }

  private static List<Path> mounts() {
    return Sysfs.read(Path.of("/proc/self/mounts"))
        .lines()
        .map(line -> Path.of(line.split(" ")[1]))
        .filter(directory -> directory.startsWith(MOUNTS))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static String place(Section section) {
    return section.device() + " " + section.sectors().first();
  }
}
