package io.github.pmem2j.cli;

import io.github.pmem2j.cli.Devices.DaxDevice;
import io.github.pmem2j.cli.Devices.Disk;
import io.github.pmem2j.cli.Devices.Namespace;
import io.github.pmem2j.cli.Devices.Region;
import io.github.pmem2j.cli.Software.Component;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: what works here, what does not, and what to do about it. Changes nothing. */
@Command(
    name = "doctor",
    description = {
      "Tells what was loaded from where, which persistent memory is visible, what this user may"
          + " read, and what to do about each problem. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit code: 0 if the native library and libndctl work, else 2.",
      "",
      "Examples:",
      "  java -jar pmem2j.jar doctor",
      "  sudo -u postgres java -jar pmem2j.jar doctor --json"
    })
final class DoctorCommand implements Callable<Integer> {
  /** The whole diagnosis as JSON has it. */
  private record Diagnosis(
      boolean works, Software software, Devices devices, List<Problem> problems) {}

  @Option(names = "--json", description = "Print one JSON object, on one line.")
  private boolean json;

  @Option(
      names = "--sysfs",
      hidden = true,
      defaultValue = "/sys",
      description = "Where sysfs is mounted.")
  private Path sysfs;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Software software = Software.probe();
    Devices devices = Devices.in(new Sysfs(sysfs));
    boolean works = software.nativeLibrary().works() && software.libndctl().works();
    Diagnosis diagnosis = new Diagnosis(works, software, devices, Problem.of(software, devices));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.line(diagnosis));
    } else {
      print(out, diagnosis);
    }
    return works ? ExitCode.OK : ExitCode.ERROR;
  }

  private static void print(PrintWriter out, Diagnosis diagnosis) {
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
    line(out, "pmem2j", software.pmem2j());
    line(out, "platform", software.platform());
    line(out, "kernel", software.kernel());
    line(out, "JVM", software.jvm());
    line(out, "user", software.user());
    line(out, "native library", describe(software.nativeLibrary()));
    line(out, "libndctl", describe(software.libndctl()));
  }

  private static String describe(Component component) {
    if (!component.works()) {
      return "NOT WORKING, see below";
    }
    return component.from() + (component.version() == null ? "" : ", " + component.version());
  }

  private static void print(PrintWriter out, Devices devices) {
    for (Region region : devices.regions()) {
      line(out, "region", join(region.name(), region.size(), region.badRanges()));
    }
    for (Namespace namespace : devices.namespaces()) {
      line(
          out,
          "namespace",
          join(namespace.name() + " (" + namespace.mode() + ")", namespace.size(), null)
              + (namespace.device() == null ? ", no device" : ", " + namespace.device()));
    }
    for (Disk disk : devices.disks()) {
      line(out, "disk", join(disk.name(), disk.size(), disk.badRanges()));
    }
    for (DaxDevice device : devices.daxDevices()) {
      line(out, "dax device", join(device.name(), device.size(), null));
    }
    print(out, "may read", devices.files().stream().filter(NeededFile::readable).toList());
    print(out, "MAY NOT READ", devices.files().stream().filter(NeededFile::denied).toList());
  }

  private static void print(PrintWriter out, String name, List<NeededFile> files) {
    NeededFile.summary(files).forEach(line -> line(out, name, line));
  }

  private static String join(String name, Long size, BadRanges badRanges) {
    return name
        + ", "
        + (size == null ? "size unknown" : Text.bytes(size))
        + (badRanges == null ? "" : ", " + badRanges);
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-15s %s%n", name, Text.printable(value));
  }
}
