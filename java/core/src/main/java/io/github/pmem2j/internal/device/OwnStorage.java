package io.github.pmem2j.internal.device;

import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The kinds of block devices whose data cannot be on persistent memory of this machine. They are
 * recognized by the bus that sysfs shows below {@code device}, because a name proves little: a SCSI
 * disk can lead back to a file (tcm_loop, iSCSI), and an NVMe namespace can be remote.
 */
final class OwnStorage {
  /** Block devices that live in ordinary memory, and have no bus. */
  private static final Pattern IN_MEMORY = Pattern.compile("(ram|nullb|zram)[0-9]+");

  private static final Set<String> BUSES =
      Set.of("scsi", "virtio", "mmc", "xen", "ide", "vmbus", "ccw", "mtd");

  private static final Pattern NVME_CONTROLLER = Pattern.compile("nvme[0-9]+");
  private static final Set<String> NVME_TRANSPORTS = Set.of("pcie", "apple-nvme");
  private static final Pattern FLOPPY = Pattern.compile("fd[0-9]+");

  /** What is in the path of a device whose data comes from elsewhere; the last two are of USB. */
  private static final List<String> ELSEWHERE =
      List.of("/virtual/", "/pseudo", "/tcm_loop", "/session", "/vduse", "/dummy_hcd", "/vhci_hcd");

  private OwnStorage() {}

  /** Whether a whole disk is known to be one. */
  static boolean test(Sysfs sysfs, String directory) throws IOException {
    String name = NvdimmPath.name(directory);
    if (IN_MEMORY.matcher(name).matches()) {
      // zram may write to a backing device.
      String behind = sysfs.line(directory, "backing_dev");
      return behind == null || behind.equals("none");
    }
    String bus;
    try {
      bus = sysfs.linkedName(directory, "device/subsystem");
    } catch (NoSuchFileException e) {
      return false;
    }
    if (bus.startsWith("nvme")) {
      return nvme(sysfs, directory);
    }
    boolean elsewhere = ELSEWHERE.stream().anyMatch(directory::contains);
    return !elsewhere
        && (BUSES.contains(bus) || bus.equals("platform") && FLOPPY.matcher(name).matches());
  }

  /** If it has several paths, all must lead to a device in this machine. */
  private static boolean nvme(Sysfs sysfs, String directory) throws IOException {
    String transport = sysfs.line(directory, "device/transport");
    if (transport != null) {
      return NVME_TRANSPORTS.contains(transport);
    }
    List<String> controllers =
        sysfs.names(directory, "device").stream()
            .filter(name -> NVME_CONTROLLER.matcher(name).matches())
            .toList();
    for (String controller : controllers) {
      String path = sysfs.line(directory, "device/" + controller + "/transport");
      if (path == null || !NVME_TRANSPORTS.contains(path)) {
        return false;
      }
    }
    return !controllers.isEmpty();
  }
}
