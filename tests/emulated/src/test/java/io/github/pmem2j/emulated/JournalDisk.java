package io.github.pmem2j.emulated;

import java.nio.file.Path;
import java.util.List;

/**
 * A small ext4 file system for the journals of repairs, on a mapped device whose table can be
 * replaced at any moment by one that fails or drops writes.
 */
final class JournalDisk {
  private static final String NAME = "journals";
  private static final long SECTORS = 32 * 1024 * 1024 / Sectors.SIZE;
  private static final String ALL_BAD = "0 %d error\n".formatted(SECTORS);

  private final Machine machine;
  private final Path device;
  private final Path mapped;
  private final Path mount;

  JournalDisk(Machine machine, Path device) {
    this.machine = machine;
    this.device = device;
    // First a table without DAX: the kernel does not switch between DAX and other tables.
    mapped = machine.map(NAME, ALL_BAD);
    machine.remap(NAME, good(0, SECTORS));
    Command.run("mkfs.ext4", "-q", "-F", "-m", 0, mapped);
    mount = machine.mount(mapped, "-o", "errors=remount-ro");
  }

  /** Where it is mounted. */
  Path directory() {
    return mount;
  }

  /** The files in it, except those of mkfs. */
  List<Path> files() {
    return Sysfs.list(mount, "(?!lost\\+found).*");
  }

  /** Every access to the device gives EIO. */
  void failAll() {
    machine.remap(NAME, ALL_BAD);
  }

  /** Every access to the blocks of a file gives EIO. */
  void fail(Path file) {
    StringBuilder table = new StringBuilder();
    long at = 0;
    for (FileExtent extent : FileExtent.of(file)) {
      table.append(good(at, extent.physical()));
      at = extent.physical() + extent.count();
      table.append("%d %d error\n".formatted(extent.physical(), extent.count()));
    }
    machine.remap(NAME, table.append(good(at, SECTORS)).toString());
  }

  /** Drops all writes without an error. */
  void dropWrites() {
    machine.remap(NAME, "0 %d flakey %s 0 0 3600 1 drop_writes\n".formatted(SECTORS, device));
  }

  /** The kernel finds an error in the file system, and lets nobody write to it any more. */
  void becomeReadOnly() {
    for (Path each : Sysfs.list(Sysfs.BLOCK, "dm-\\d+")) {
      if (Sysfs.read(each.resolve("dm/name")).equals(NAME)) {
        Path trigger = Path.of("/sys/fs/ext4").resolve(each.getFileName());
        Sysfs.write(trigger.resolve("trigger_fs_error"), "by the test");
        return;
      }
    }
    throw new AssertionError("no mapped device " + NAME);
  }

  /** Its free space. */
  DiskSpace space() {
    return new DiskSpace(mount);
  }

  /** Repairs the device; the file system stays mounted. */
  void healDevice() {
    machine.remap(NAME, good(0, SECTORS));
  }

  /** Repairs the device and mounts it again, with what is on the medium only. */
  void heal() {
    machine.unmount(mount);
    healDevice();
    Command.run("mount", "-o", "errors=remount-ro", mapped, mount);
  }

  private String good(long from, long to) {
    return from == to ? "" : "%d %d linear %s %d\n".formatted(from, to - from, device, from);
  }
}
