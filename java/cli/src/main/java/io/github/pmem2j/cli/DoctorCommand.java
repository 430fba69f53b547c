package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.DoctorJson;
import io.github.pmem2j.cli.json.DoctorJson.BadRanges;
import io.github.pmem2j.cli.json.DoctorJson.DaxDevice;
import io.github.pmem2j.cli.json.DoctorJson.Devices;
import io.github.pmem2j.cli.json.DoctorJson.Disk;
import io.github.pmem2j.cli.json.DoctorJson.Library;
import io.github.pmem2j.cli.json.DoctorJson.Namespace;
import io.github.pmem2j.cli.json.DoctorJson.NeededFile;
import io.github.pmem2j.cli.json.DoctorJson.Problem;
import io.github.pmem2j.cli.json.DoctorJson.Region;
import io.github.pmem2j.cli.json.DoctorJson.Software;
import io.github.pmem2j.cli.json.SourceJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}: diagnoses what works here, and suggests remedies. Changes nothing. */
@Command(
    name = "doctor",
    description = {
      "Reports what was loaded from where, which persistent memory is visible, what this user can"
          + " read, and what to do about each problem. Changes nothing."
    },
    footer = {
      "",
      "Exit code: 0 if the native library and libndctl work, else 2.",
      "",
      "Examples:",
      "  pmem2j doctor",
      "  sudo -u postgres pmem2j doctor --json"
    })
final class DoctorCommand extends PmemCommand {
  @Option(
      names = "--sysfs",
      hidden = true,
      defaultValue = "/sys",
      description = "Where sysfs is mounted.")
  private Path sysfs;

  @Override
  void run() {
    Software software = SoftwareProbe.probe();
    Devices devices = DeviceReader.read(new Sysfs(sysfs));
    boolean works = software.nativeLibrary().works() && software.libndctl().works();
    DoctorJson diagnosis = new DoctorJson(works, software, devices, Problems.of(software, devices));
    if (json()) {
      print(diagnosis);
    } else {
      print(out(), diagnosis);
    }
    end(works ? ExitCode.OK : ExitCode.ERROR);
  }

  private static void print(PrintWriter out, DoctorJson diagnosis) {
    print(out, diagnosis.software());
    print(out, diagnosis.devices());
    List<Problem> problems = diagnosis.problems();
    if (problems.isEmpty()) {
      out.println("\nNo problems.");
      return;
    }
    out.println("\n" + Text.count(problems.size(), "problem") + ":");
    for (Problem problem : problems) {
      out.println("  - " + Text.printable(problem.problem()));
      out.println("    " + Text.printable(problem.remedy()));
    }
  }

  private static void print(PrintWriter out, Software software) {
    Table.entry(out, "pmem2j", software.pmem2j());
    Table.entry(out, "platform", software.platform());
    Table.entry(out, "kernel", software.kernel());
    Table.entry(out, "JVM", software.jvm());
    Table.entry(out, "user", software.user());
    Table.entry(out, "native library", describe(software.nativeLibrary()));
    Table.entry(out, "libndctl", describe(software.libndctl()));
  }

  private static String describe(Library component) {
    if (!component.works()) {
      return "NOT WORKING, see below";
    }
    return component.from() + (component.version() == null ? "" : ", " + component.version());
  }

  private static void print(PrintWriter out, Devices devices) {
    for (Region region : devices.regions()) {
      Table.entry(out, "region", join(region.name(), region.size(), region.badRanges()));
    }
    for (Namespace namespace : devices.namespaces()) {
      Table.entry(
          out,
          "namespace",
          join(namespace.name() + " (" + namespace.mode() + ")", namespace.size(), null)
              + (namespace.device() == null ? ", no device" : ", " + namespace.device()));
    }
    for (Disk disk : devices.disks()) {
      Table.entry(
          out, "disk", join(disk.name(), disk.size(), disk.badRanges()) + text(disk.source()));
    }
    for (DaxDevice device : devices.daxDevices()) {
      Table.entry(
          out, "dax device", join(device.name(), device.size(), null) + text(device.source()));
    }
    print(out, "readable", devices.files().stream().filter(NeededFile::readable).toList());
    print(out, "UNREADABLE", devices.files().stream().filter(NeededFiles::denied).toList());
  }

  private static void print(PrintWriter out, String name, List<NeededFile> files) {
    NeededFiles.summary(files).forEach(line -> Table.entry(out, name, line));
  }

  private static String join(String name, Long size, BadRanges badRanges) {
    return name
        + ", "
        + (size == null ? "size unknown" : Text.bytes(size))
        + (badRanges == null ? "" : ", " + text(badRanges));
  }

  private static String text(SourceJson source) {
    return source == null ? "" : ", " + Sources.text(source);
  }

  private static String text(BadRanges ranges) {
    return Text.count(ranges.count(), "bad range") + (ranges.complete() ? "" : " or more");
  }
}
