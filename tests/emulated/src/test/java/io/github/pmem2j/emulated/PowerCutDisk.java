package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The NVDIMM of {@link PowerCuts}, with a file system for the data and one for journals.
 *
 * <p>The kernel forgets injected errors when the disk is gone, and real media do not. So each
 * sector is recorded outside the machine before it is injected, and injected again. QEMU's NVDIMM
 * cannot clear errors, so no sector is ever struck off that list.
 */
final class PowerCutDisk {
  /** A line for each sector that has been bad: its number on the disk, and in the file. */
  static final Path RECORD = Path.of("/run/results/bad");

  static final Path DATA = Path.of("/run/mnt/data");
  static final Path JOURNALS = Path.of("/run/mnt/journals");

  private static final long MIB = 1024 * 1024 / Sectors.SIZE;

  /** The data's file system, and the journals'. */
  private static final Sectors[] PARTS = {
    new Sectors(2 * MIB, 400 * MIB), new Sectors(402 * MIB, 64 * MIB)
  };

  private final Machine machine = new Machine();

  /** What ndctl calls it. */
  private final String name = machine.nvdimm().name();

  /** Makes the file systems. */
  void make() {
    Command.run("ndctl", "create-namespace", "-b", "ACPI.NFIT", "-m", "fsdax", "-e", name, "-f");
    Sysfs.await("a disk", () -> machine.nvdimm().mode().equals("memory"));
    for (Path part : machine.partition(machine.nvdimm(), PARTS)) {
      Command.run("mkfs.ext4", "-q", "-F", "-b", Sectors.PAGE, part);
    }
  }

  /** Makes a sector of the data's file system bad that is a sector of the file, too. */
  void spoil(long sector, long ofFile) throws IOException {
    long place = PARTS[0].first() + sector;
    Files.writeString(
        RECORD, place + " " + ofFile + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    machine.nvdimm().inject(new Sectors(place, 1));
  }

  /** Injects what has been bad before, and mounts. */
  void start() throws IOException {
    Files.createDirectories(DATA);
    Files.createDirectories(JOURNALS);
    Namespace disk = machine.nvdimm();
    for (String line : Files.readAllLines(RECORD)) {
      disk.inject(new Sectors(Long.parseLong(line.split(" ")[0]), 1));
    }
    Command.run("mount", "-o", "dax,commit=600", disk.device() + "p1", DATA);
    Command.run("mount", disk.device() + "p2", JOURNALS);
  }

  /** Unmounts, and removes the disk, so that the kernel keeps nothing of its content. */
  void stop() {
    machine.unmount(JOURNALS);
    machine.unmount(DATA);
    Command.run("ndctl", "disable-namespace", name);
  }

  /** Creates the disk again, on which anything may have changed. */
  void startAgain() throws IOException {
    Command.run("ndctl", "enable-namespace", name);
    start();
  }
}
