package io.github.pmem2j.emulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The CXL devices of the machine, which keep lists of errors of their own. Their regions, each a
 * disk in fsdax mode, are made by guest/start.
 */
final class Cxl {
  private static final Path DEVICES = Path.of("/sys/bus/cxl/devices");
  private static final Path DEBUG = Path.of("/sys/kernel/debug/cxl");

  /** The device's unit of poison, in bytes. */
  static final int UNIT = 64;

  private static final Path INSTANCE = Path.of("/sys/kernel/tracing/instances/listed");

  private static final Pattern RECORD =
      Pattern.compile(
          "cxl_poison: memdev=(mem\\d+) .* dpa=(0x\\p{XDigit}+) dpa_length=(0x\\p{XDigit}+)");

  private static final Pattern MEDIA_ERROR =
      Pattern.compile("\"offset\":(\\d+),\\s*\"length\":(\\d+)");

  /** What was injected since the last reset. */
  private static final Set<Poison> INJECTED = new LinkedHashSet<>();

  private Cxl() {}

  /** A range of bytes in a device: "mem0" as the kernel calls it. */
  record Poison(String memdev, long address, long length) {}

  /** Whether this machine has CXL devices. */
  static boolean isPresent() {
    return Files.exists(DEVICES.resolve("region0"));
  }

  /** The namespaces, in order of their regions: disks, unless a test made one a dax device. */
  static List<Namespace> namespaces() {
    return Namespace.of("CXL");
  }

  /**
   * Maps bytes of a namespace's device to CXL devices.
   *
   * @param start where the device begins in its region
   * @param targets the region's parts of CXL devices, each as the poison of all of it
   */
  record Layout(long start, long granularity, List<Poison> targets) {

    static Layout of(Namespace namespace) {
      Path region = DEVICES.resolve(namespace.region().getFileName());
      List<Poison> targets = new ArrayList<>();
      for (int position = 0; position < number(region.resolve("interleave_ways")); position++) {
        Path decoder = DEVICES.resolve(Sysfs.read(region.resolve("target" + position)));
        Path memdev = Sysfs.real(Sysfs.real(decoder).getParent().resolve("uport"));
        targets.add(
            new Poison(
                memdev.getFileName().toString(),
                number(decoder.resolve("dpa_resource")),
                number(decoder.resolve("dpa_size"))));
      }
      return new Layout(
          namespace.regionOffset() * Sectors.SIZE,
          number(region.resolve("interleave_granularity")),
          targets);
    }

    /** The location of some bytes of the device, which must be contiguous in the CXL device. */
    Poison place(long offset, long length) {
      long at = start + offset;
      long ways = targets.size();
      Poison target = targets.get((int) (at / granularity % ways));
      long address = at / (granularity * ways) * granularity + at % granularity;
      return new Poison(target.memdev, target.address + address, length);
    }
  }

  /** Makes bytes of a namespace's device bad, which must be contiguous in the CXL device. */
  static Poison inject(Namespace namespace, long offset, long length) {
    Poison poison = Layout.of(namespace).place(offset, length);
    inject(poison);
    return poison;
  }

  /** Makes bytes of a device bad. The device does not report it. */
  static void inject(Poison poison) {
    INJECTED.add(poison);
    Monitor.injectPoison(qemuName(poison.memdev), poison.address, poison.length);
  }

  /** Has a device report a media error. */
  static void report(Poison poison) {
    Monitor.reportMediaError(qemuName(poison.memdev), poison.address);
  }

  /** The kernel numbers devices in the order of probing, QEMU by serial number. */
  private static String qemuName(String memdev) {
    return "cxl-device" + (number(DEVICES.resolve(memdev).resolve("serial")) - 1000);
  }

  /** Has a device clear errors, by which the bytes become zeros. */
  static void clear(Poison poison) {
    for (long at = 0; at < poison.length; at += UNIT) {
      Sysfs.write(
          DEBUG.resolve(poison.memdev).resolve("clear_poison"),
          "0x%x".formatted(poison.address + at));
    }
    INJECTED.remove(poison);
  }

  /** What all devices list, as the kernel traces it. */
  static List<Poison> listed() {
    try {
      Files.createDirectory(INSTANCE);
      try {
        Sysfs.write(INSTANCE.resolve("events/cxl/cxl_poison/enable"), "1");
        memdevs().forEach(m -> Sysfs.write(DEVICES.resolve(m).resolve("trigger_poison_list"), "1"));
        return RECORD
            .matcher(Sysfs.read(INSTANCE.resolve("trace")))
            .results()
            .map(
                record ->
                    new Poison(
                        record.group(1),
                        Long.decode(record.group(2)),
                        Long.decode(record.group(3))))
            .toList();
      } finally {
        Files.delete(INSTANCE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a device lists, as the cxl program prints it. That takes seconds: the program reads the
   * formats of all events of the kernel.
   */
  static List<Poison> listedByProgram(String memdev) {
    return MEDIA_ERROR
        .matcher(Command.run("cxl", "list", "-m", memdev, "-L"))
        .results()
        .map(
            error ->
                new Poison(memdev, Long.parseLong(error.group(1)), Long.parseLong(error.group(2))))
        .toList();
  }

  /** The devices. */
  static List<String> memdevs() {
    return Sysfs.list(DEVICES, "mem\\d+").stream().map(p -> p.getFileName().toString()).toList();
  }

  /** Makes a namespace one of another mode, until the next reset. */
  static Namespace reshape(Namespace namespace, String mode) {
    Command.run("ndctl", "create-namespace", "-f", "-e", namespace.name(), "-m", mode, "-M", "mem");
    return namespaces().stream()
        .filter(other -> other.region().equals(namespace.region()))
        .findFirst()
        .orElseThrow();
  }

  /** Clears all errors and makes all namespaces disks. */
  static void reset() {
    List.copyOf(INJECTED).forEach(Cxl::clear);
    for (Namespace namespace : namespaces()) {
      if (!namespace.mode().equals("memory")) {
        reshape(namespace, "fsdax");
      }
    }
  }

  private static long number(Path attribute) {
    return Long.decode(Sysfs.read(attribute));
  }
}
