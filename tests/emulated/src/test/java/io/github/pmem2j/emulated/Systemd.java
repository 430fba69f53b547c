package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * This machine's own systemd in namespaces of the guest, with pmem2j's units and none of the
 * machine's. Files that the guest writes are in memory, so the units go where a package installs
 * them.
 */
final class Systemd implements AutoCloseable {
  private static final Path DIST = Path.of(Objects.requireNonNull(System.getenv("PMEM2J_DIST")));
  private static final Path UNITS = Path.of("/run/systemd/system");
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Path COMMAND = Path.of("/usr/bin/pmem2j");
  private static final Path DEFAULTS = Path.of("/etc/default/pmem2j");

  private final Process process;
  private final long init;

  /**
   * Starts it.
   *
   * @param mount the directory that the units scan and watch
   */
  Systemd(Path mount) throws IOException {
    Files.createDirectories(UNITS);
    for (String target : List.of("sysinit", "basic", "local-fs", "shutdown", "test")) {
      Files.writeString(UNITS.resolve(target + ".target"), "[Unit]\nDefaultDependencies=no\n");
    }
    try (Stream<Path> units = Files.list(DIST.resolve("systemd"))) {
      for (Path unit : units.toList()) {
        Files.copy(unit, UNITS.resolve(unit.getFileName()));
      }
    }
    Files.writeString(
        COMMAND,
        "#!/bin/sh\nexec "
            + String.join(" ", Command.JAVA)
            + " -Xint io.github.pmem2j.cli.Main \"$@\"\n");
    Files.setPosixFilePermissions(COMMAND, PosixFilePermissions.fromString("rwxr-xr-x"));
    String defaults = Files.readString(DIST.resolve("default/pmem2j"));
    Files.writeString(DEFAULTS, defaults.replace("/mnt/pmem", mount.toString()));
    Command.run("mount", "-t", "cgroup2", "cgroup2", CGROUPS);
    ProcessBuilder builder =
        new ProcessBuilder(
            "unshare",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount",
            "--mount-proc",
            "--uts",
            "/lib/systemd/systemd",
            "--system",
            "--unit=test.target");
    builder.environment().put("container", "guest");
    builder.environment().put("SYSTEMD_UNIT_PATH", UNITS.toString());
    builder.environment().put("SYSTEMD_GENERATOR_PATH", "/nonexistent");
    process = builder.inheritIO().start();
    Sysfs.await("systemd to start", () -> process.children().findAny().isPresent());
    init = process.children().findAny().orElseThrow().pid();
    Sysfs.await("systemd to answer", () -> systemctl("show", "-p", "Version").exitCode() == 0);
  }

  /** Runs systemctl, in systemd's PID namespace. */
  Command.Result systemctl(String... arguments) {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("nsenter", "--target", init, "--mount", "--pid", "systemctl"));
    words.addAll(List.of(arguments));
    return Command.attempt(words.toArray());
  }

  /** Adds settings to a service. */
  void set(String service, String... settings) throws IOException {
    Path directory = Files.createDirectories(UNITS.resolve(service + ".d"));
    Files.writeString(
        directory.resolve("test.conf"), "[Service]\n" + String.join("\n", settings) + "\n");
    systemctl("daemon-reload");
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Sysfs.await("the processes of systemd to end", () -> !Files.exists(Path.of("/proc/" + init)));
    Command.run("umount", CGROUPS);
    Command.run("rm", "-r", UNITS, COMMAND, DEFAULTS);
  }
}
