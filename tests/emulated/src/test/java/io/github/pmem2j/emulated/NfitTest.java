package io.github.pmem2j.emulated;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The kernel's NVDIMM test bus, nfit_test.0: errors can be injected, scrubbed and cleared. Its
 * standard shape is an fsdax namespace of 62 MiB and a devdax one of 30 MiB. Files on it cannot be
 * mapped.
 */
final class NfitTest {
  private static final String BUS = "nfit_test.0";

  /** Whether errors were injected since the last reset: a scrub may not have seen them yet. */
  private static boolean injected;

  private NfitTest() {}

  /** Whether this machine has the bus. */
  static boolean isPresent() {
    return Sysfs.bus(BUS).isPresent();
  }

  /** The fsdax namespace. */
  static Namespace fsdax() {
    return inMode("memory");
  }

  /** The devdax namespace. */
  static Namespace devdax() {
    return inMode("dax");
  }

  /**
   * Makes the fsdax namespace one of another mode, until the next reset.
   *
   * @param mode ndctl's word: "sector", "raw", "devdax"
   */
  static Namespace reshapeFsdax(String mode) {
    String name = fsdax().name();
    Command.run("ndctl", "create-namespace", "-f", "-e", name, "-m", mode);
    return namespaces().stream()
        .filter(namespace -> namespace.region().equals(regions().get(0)))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Injects errors, relative to the namespace's start, and scrubs, so that all lists have them.
   *
   * @throws AssertionError if they do not show up
   */
  static void inject(Namespace namespace, Sectors... bad) {
    injectUnseen(namespace, bad);
    scrub();
    long base = namespace.regionOffset();
    for (Sectors range : bad) {
      Sectors expected = new Sectors(base + range.first(), range.count());
      Sysfs.await(
          "bad blocks " + expected + " of " + namespace,
          () -> shows(namespace, expected) || scrubbedAgainShows(namespace, expected));
    }
  }

  private static boolean shows(Namespace namespace, Sectors bad) {
    return namespace.regionBadBlocks().stream().anyMatch(b -> b.contains(bad));
  }

  /** A scrub that was under way when the error was injected may have passed it already. */
  private static boolean scrubbedAgainShows(Namespace namespace, Sectors bad) {
    scrub();
    return shows(namespace, bad);
  }

  /**
   * Injects errors below the mode of a namespace, which is left with the same content: relative to
   * the start of the memory, not of the device.
   */
  static void injectBelow(Namespace namespace, Sectors... bad) {
    inRawMode(namespace, () -> injectUnseen(namespace, bad));
    scrub();
    Sysfs.await(namespace.device() + " to come back", () -> Files.exists(namespace.device()));
  }

  /** Clears all errors below the mode of a namespace, also in its metadata. */
  static void clearBelow(Namespace namespace) {
    inRawMode(namespace, () -> Command.run("ndctl", "clear-errors", namespace.name()));
  }

  private static void inRawMode(Namespace namespace, Runnable action) {
    Path raw = Path.of("/sys/bus/nd/devices", namespace.name(), "force_raw");
    Command.run("ndctl", "disable-namespace", namespace.name());
    Sysfs.write(raw, "1");
    Command.run("ndctl", "enable-namespace", namespace.name());
    action.run();
    Command.run("ndctl", "disable-namespace", namespace.name());
    Sysfs.write(raw, "0");
    Command.run("ndctl", "enable-namespace", namespace.name());
  }

  /** Injects errors that the kernel does not learn of until the next {@link #scrub}. */
  static void injectUnseen(Namespace namespace, Sectors... bad) {
    injected = true;
    for (Sectors range : bad) {
      Command.run(
          "ndctl",
          "inject-error",
          "--no-notify",
          "--block=" + range.first(),
          "--count=" + range.count(),
          namespace.name());
    }
  }

  /** Has the bus look for errors, and waits for the end. */
  static void scrub() {
    Path scrub = Sysfs.bus(BUS).orElseThrow().resolve("nfit/scrub");
    awaitScrub(scrub);
    Sysfs.write(scrub, "1");
    awaitScrub(scrub);
  }

  private static void awaitScrub(Path scrub) {
    Sysfs.await("the end of a scrub", () -> !Sysfs.read(scrub).endsWith("+"));
  }

  /** Clears all errors and goes back to the standard shape. */
  static void reset() {
    if (injected) {
      scrub();
    }
    if (!modes().equals(List.of("memory", "dax"))) {
      shape(); // First: in sector mode ndctl clears nothing.
    }
    if (namespaces().stream().anyMatch(namespace -> !namespace.regionBadBlocks().isEmpty())) {
      Command.run("ndctl", "clear-errors", "-b", BUS, "all");
    }
    injected = false;
    for (Namespace namespace : namespaces()) {
      if (!namespace.regionBadBlocks().isEmpty()) {
        throw new AssertionError("cannot clear the bad blocks of " + namespace);
      }
      // The disk's own list keeps what the bus has cleared.
      if (namespace.mode().equals("memory") && !namespace.badBlocks().isEmpty()) {
        namespace.rebind();
      }
    }
  }

  private static void shape() {
    if (modes().contains("raw")) { // as the bus starts, without labels
      Command.run("ndctl", "disable-region", "-b", BUS, "all");
      Command.run("ndctl", "init-labels", "-f", "-b", BUS, "all");
      Command.run("ndctl", "enable-region", "-b", BUS, "all");
    } else {
      Command.run("ndctl", "destroy-namespace", "-f", "-b", BUS, "all");
    }
    List<Path> regions = regions();
    for (String mode : List.of("fsdax", "devdax")) {
      Path region = regions.get(mode.equals("fsdax") ? 0 : 1).getFileName();
      Command.run("ndctl", "create-namespace", "-b", BUS, "-r", region, "-m", mode);
    }
  }

  /** The modes of the namespaces, the one in the largest region first. */
  private static List<String> modes() {
    return namespaces().stream()
        .sorted(Comparator.comparing(namespace -> -size(namespace.region())))
        .map(Namespace::mode)
        .toList();
  }

  private static Namespace inMode(String mode) {
    return namespaces().stream()
        .filter(namespace -> namespace.mode().equals(mode))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + mode + " namespace: " + namespaces()));
  }

  private static List<Namespace> namespaces() {
    return Namespace.of(BUS);
  }

  /** The regions that have labels, the largest first. */
  private static List<Path> regions() {
    return Sysfs.list(Sysfs.bus(BUS).orElseThrow(), "region\\d+").stream()
        .filter(region -> Long.parseLong(Sysfs.read(region.resolve("mappings"))) > 1)
        .sorted(Comparator.comparing(region -> -size(region)))
        .toList();
  }

  private static long size(Path region) {
    return Long.parseLong(Sysfs.read(region.resolve("size")));
  }
}
