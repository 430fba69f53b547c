package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.DoctorJson.DaxDevice;
import io.github.pmem2j.cli.json.DoctorJson.Devices;
import io.github.pmem2j.cli.json.DoctorJson.Disk;
import io.github.pmem2j.cli.json.DoctorJson.Namespace;
import io.github.pmem2j.cli.json.DoctorJson.NeededFile;
import io.github.pmem2j.cli.json.DoctorJson.Problem;
import io.github.pmem2j.cli.json.DoctorJson.Software;
import java.util.ArrayList;
import java.util.List;

/** Finds the obstacles to finding bad blocks. */
final class Problems {
  private Problems() {}

  /** All problems, the most severe first. */
  static List<Problem> of(Software software, Devices devices) {
    List<Problem> problems = new ArrayList<>();
    ofLibraries(software, problems);
    ofVisibility(devices, problems);
    ofPermissions(devices, problems);
    ofLimits(devices, problems);
    return problems;
  }

  private static void ofLibraries(Software software, List<Problem> problems) {
    if (!software.nativeLibrary().works()) {
      problems.add(
          new Problem(
              software.nativeLibrary().error().message(),
              "Do what the message says; without the native library nothing works."));
    } else if (!software.libndctl().works()) {
      problems.add(
          new Problem(
              software.libndctl().error().message(),
              "Install it; without libndctl, list and clear do not work. The others do."));
    }
  }

  private static void ofVisibility(Devices devices, List<Problem> problems) {
    if (devices.regions().isEmpty() && devices.disks().isEmpty()) {
      problems.add(
          new Problem(
              "The kernel shows no persistent memory.",
              "If there should be some: enable it in the firmware, and load the drivers (modprobe"
                  + " nd_pmem)."));
    } else if (devices.namespaces().isEmpty()) {
      problems.add(
          new Problem(
              "There are regions, but no namespace in them.",
              "Make one: ndctl create-namespace --mode=fsdax (or devdax)."));
    }
  }

  private static void ofPermissions(Devices devices, List<Problem> problems) {
    List<NeededFile> denied = devices.files().stream().filter(NeededFiles::denied).toList();
    boolean onlyBounds = denied.stream().allMatch(f -> NeededFiles.attribute(f).equals("resource"));
    if (!denied.isEmpty()) {
      problems.add(
          new Problem(
              "This user cannot read "
                  + (onlyBounds
                      ? "where the memory lies (the resource files). Files on fsdax namespaces work"
                          + " nevertheless; dax devices fail with PMEM2_E_CANNOT_READ_BOUNDS."
                      : String.join("; ", NeededFiles.summary(denied)) + "."),
              "For dax devices run as root, or with the capability CAP_DAC_READ_SEARCH (systemd:"
                  + " AmbientCapabilities=CAP_DAC_READ_SEARCH)."));
    }
    List<NeededFile> failing =
        devices.files().stream().filter(f -> !f.readable() && !NeededFiles.denied(f)).toList();
    if (!failing.isEmpty()) {
      problems.add(
          new Problem(
              "The kernel does not report "
                  + String.join("; ", NeededFiles.summary(failing))
                  + ": "
                  + failing.get(0).reason()
                  + ".",
              "If one of them is in use: check whether it is enabled (ndctl list -i)."));
    }
  }

  private static void ofLimits(Devices devices, List<Problem> problems) {
    for (Disk disk : devices.disks()) {
      if (!disk.volumes().isEmpty()) {
        problems.add(
            new Problem(
                disk.name()
                    + " carries "
                    + String.join(", ", disk.volumes())
                    + ": libpmem2 never finds the bad blocks of files on partitions, LVM and other"
                    + " device-mapper volumes.",
                "Use the command scan, which does. Or put the file system on the whole disk."));
      }
      if (disk.badRanges() != null && !disk.badRanges().complete()) {
        problems.add(
            new Problem(
                disk.name() + ": the kernel's list of bad ranges is full, so there may be more.",
                "Restore the whole device from a backup, or clear and list until none is left."));
      }
    }
    for (Namespace namespace : devices.namespaces()) {
      if ("sector".equals(namespace.mode())) {
        problems.add(
            new Problem(
                namespace.name()
                    + " is in sector mode (BTT), where libpmem2 looks in the wrong places.",
                "Use the command status, which shows the list of the device. Scan reports UNKNOWN."));
      }
    }
    for (DaxDevice device : devices.daxDevices()) {
      if (!device.onNvdimmBus()) {
        problems.add(
            new Problem(
                device.name()
                    + " is not on the NVDIMM bus (CXL or reserved memory): libpmem2 does not find"
                    + " it.",
                "Use the command scan, which reads the poison list of CXL devices as root, and"
                    + " reports UNKNOWN where there is no list."));
      }
    }
  }
}
