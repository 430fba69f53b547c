package io.github.pmem2j.internal.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk or dax device on the NVDIMM bus.
 *
 * @param name as bad ranges have it
 * @param dax whether it is a dax device
 * @param number its device number
 * @param directory its directory in sysfs
 * @param place its place on the bus
 */
public record PmemDevice(
    String name, boolean dax, DeviceNumber number, String directory, NvdimmPath place) {
  private static final String NUMBERS = "dev/block";
  private static final String DISKS = "block";
  private static final String DAX_DEVICES = "bus/dax/devices";

  /**
   * All devices of a machine, disks first.
   *
   * @throws NoSuchFileException if sysfs is not mounted
   */
  public static List<PmemDevice> all(Sysfs sysfs) throws IOException {
    if (!sysfs.exists(NUMBERS, "")) {
      throw new NoSuchFileException(
          sysfs.root().toString(), null, "there is no sysfs: mount it there");
    }
    List<PmemDevice> devices = new ArrayList<>();
    add(sysfs, DISKS, false, devices);
    add(sysfs, DAX_DEVICES, true, devices);
    return devices;
  }

  private static void add(Sysfs sysfs, String index, boolean dax, List<PmemDevice> devices)
      throws IOException {
    for (String name : sysfs.names(index, "")) {
      String entry = index + "/" + name;
      if (sysfs.exists(entry, "dev")) { // a dax device without a driver has none
        DeviceNumber number = sysfs.deviceNumber(entry, "dev");
        String directory = dax ? sysfs.characterDevice(number) : sysfs.blockDevice(number);
        NvdimmPath place = directory == null ? null : NvdimmPath.of(directory);
        if (place != null) {
          devices.add(new PmemDevice(name, dax, number, directory, place));
        }
      }
    }
  }

  /** Its size in bytes. */
  public long size(Sysfs sysfs) throws IOException {
    return sysfs.number(directory, "size") * (dax ? 1 : BadRange.SECTOR_SIZE);
  }
}
