package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * sysfs, or a directory of the same structure. Directories are named by their paths below the root:
 * {@code devices/platform/e820_pmem/ndbus0/region0/namespace0.0/block/pmem0}.
 */
public final class Sysfs {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]*|0x[0-9a-f]+");

  /** 12 bits and 20 bits, as in the kernel. */
  private static final Pattern DEVICE_NUMBER = Pattern.compile("([0-9]{1,4}):([0-9]{1,7})");

  private static final String UP = "../";
  private static final int ATTRIBUTE_CAPACITY = 4096;

  private final String root;

  public Sysfs(Path root) {
    this.root = root.toString();
  }

  /** Where it is mounted. */
  public Path root() {
    return Path.of(root);
  }

  /** The directory of a disk or partition, or null if there is none. */
  public String blockDevice(DeviceNumber device) throws IOException {
    return directory("dev/block/", device);
  }

  /** The directory of a character device, or null if there is none. */
  public String characterDevice(DeviceNumber device) throws IOException {
    return directory("dev/char/", device);
  }

  /** The directory of the disk, partition or dax device of a name, or null if there is none. */
  public String deviceByName(String name) throws IOException {
    String directory = linked("class/block/" + name);
    return directory == null ? linked("bus/dax/devices/" + name) : directory;
  }

  /** The directory of a device on a bus, such as nd, or null if there is none. */
  public String onBus(String bus, String name) throws IOException {
    return linked("bus/" + bus + "/devices/" + name);
  }

  private String directory(String index, DeviceNumber device) throws IOException {
    return linked(index + device);
  }

  private String linked(String link) throws IOException {
    String target = SystemFiles.readLink(root + "/" + link);
    if (target == null) {
      return null;
    }
    int begin = 0;
    while (target.startsWith(UP, begin)) {
      begin += UP.length();
    }
    return target.substring(begin);
  }

  /** The path of an attribute. */
  public String file(String directory, String attribute) {
    return root + "/" + directory + "/" + attribute;
  }

  /** Reads an attribute; -1 if there is none, else how many bytes. */
  public int read(String directory, String attribute, byte[] content) throws IOException {
    return SystemFiles.read(file(directory, attribute), content);
  }

  /** An attribute of one line, or null if there is none. */
  public String line(String directory, String attribute) throws IOException {
    byte[] content = new byte[ATTRIBUTE_CAPACITY];
    int length = read(directory, attribute, content);
    return length < 0 ? null : new String(content, 0, length, StandardCharsets.UTF_8).strip();
  }

  /** An attribute that is a number of 0 or more, decimal or 0x…. */
  public long number(String directory, String attribute) throws IOException {
    String line = line(directory, attribute);
    if (line == null) {
      throw new NoSuchFileException(file(directory, attribute));
    }
    try {
      if (NUMBER.matcher(line).matches()) {
        return Long.decode(line);
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new IOException(file(directory, attribute) + " is not a number: " + line);
  }

  /** An attribute that is MAJOR:MINOR. */
  public DeviceNumber deviceNumber(String directory, String attribute) throws IOException {
    String line = line(directory, attribute);
    DeviceNumber number = line == null ? null : parseDeviceNumber(line);
    if (number == null) {
      throw new IOException(file(directory, attribute) + " is not a device number: " + line);
    }
    return number;
  }

  /** MAJOR:MINOR, or null if it is not that. */
  public static DeviceNumber parseDeviceNumber(String text) {
    Matcher matcher = DEVICE_NUMBER.matcher(text);
    return matcher.matches()
        ? new DeviceNumber(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
        : null;
  }

  /** The last name in the target of a link in a directory. */
  public String linkedName(String directory, String link) throws IOException {
    String target = SystemFiles.readLink(file(directory, link));
    if (target == null) {
      throw new NoSuchFileException(file(directory, link));
    }
    return target.substring(target.lastIndexOf('/') + 1);
  }

  public boolean exists(String directory, String attribute) {
    return Files.exists(Path.of(file(directory, attribute)));
  }

  /** The names in a directory, sorted; none if it does not exist. */
  public List<String> names(String directory, String subdirectory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(Path.of(file(directory, subdirectory)))) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (NoSuchFileException e) {
      return names;
    }
    Collections.sort(names);
    return names;
  }
}
