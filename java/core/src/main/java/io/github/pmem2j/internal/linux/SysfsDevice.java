package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileStatus.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A device in sysfs. */
public final class SysfsDevice {
  /**
   * Attributes that outlive a boot, best first: of a namespace, NVMe, device-mapper, MD, disk,
   * loop.
   */
  private static final List<String> IDS =
      List.of("uuid", "dm/uuid", "md/uuid", "wwid", "device/wwid", "serial", "loop/backing_file");

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Sysfs sysfs;

  /** The directory. */
  private final String directory;

  private SysfsDevice(Sysfs sysfs, String directory) {
    this.sysfs = sysfs;
    this.directory = directory;
  }

  /**
   * The device of a device file.
   *
   * @throws NoSuchFileException if sysfs does not have it, or is not mounted
   */
  public static SysfsDevice of(Path root, Type type, DeviceNumber number) throws IOException {
    Sysfs sysfs = new Sysfs(root);
    String directory =
        type == Type.CHARACTER_DEVICE ? sysfs.characterDevice(number) : sysfs.blockDevice(number);
    if (directory == null) {
      throw new NoSuchFileException(root.toString(), null, "no device " + number);
    }
    return new SysfsDevice(sysfs, directory);
  }

  /** An attribute of the device, or else of the nearest device above that has it. */
  public Optional<String> inherited(String attribute) throws IOException {
    String owner = directory;
    while (!owner.isEmpty()) {
      String line = sysfs.line(owner, attribute);
      if (line != null) {
        return Optional.of(line);
      }
      owner = owner.substring(0, Math.max(owner.lastIndexOf('/'), 0));
    }
    return Optional.empty();
  }

  /**
   * An ID of the device that survives a reboot, without blanks; empty if it has none. The name and
   * number of a device file do not: another device may get them.
   */
  public Optional<String> id() throws IOException {
    for (String attribute : IDS) {
      String value = inherited(attribute).orElse("");
      if (!value.isEmpty()) {
        return Optional.of(attribute + ":" + escaped(value) + start());
      }
    }
    return Optional.empty();
  }

  /**
   * An ID of the device until the next boot: its number in the sequence of disks, or, before Linux
   * 5.15, that of its device file, which another may get.
   */
  public String idUntilReboot() throws IOException {
    String boot = Files.readString(BOOT_ID).strip();
    String sequence = inherited("diskseq").map(line -> "diskseq:" + line).orElse(null);
    return (sequence == null ? "dev:" + sysfs.line(directory, "dev") : sequence)
        + start()
        + "@boot-"
        + boot;
  }

  /** Where a partition begins; empty for other devices. */
  private String start() throws IOException {
    boolean partition = sysfs.line(directory, "partition") != null;
    return partition ? "@" + sysfs.line(directory, "start") : "";
  }

  private static String escaped(String value) {
    StringBuilder text = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && b < 0x7f && b != ',' && b != '%';
      text.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return text.toString();
  }
}
