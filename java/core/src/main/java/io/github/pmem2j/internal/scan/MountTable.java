package io.github.pmem2j.internal.scan;

import io.github.pmem2j.internal.FileStatus.DeviceNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mounts that this process sees: /proc/self/mountinfo of proc(5). */
final class MountTable {
  private final Path file;

  MountTable(Path proc) {
    file = proc.resolve("self/mountinfo");
  }

  /**
   * A mount.
   *
   * @param device the device number, as the file system's files have it
   * @param root which directory of the file system is mounted; "" is its root
   * @param point where; "" is the root
   * @param options of the file system
   */
  record Mount(
      String device, String root, String point, String type, Map<String, String> options) {}

  private List<Mount> all() throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\n")) {
      Mount mount = mount(line);
      if (mount != null) {
        mounts.add(mount);
      }
    }
    return mounts;
  }

  /** The mount points below a directory. */
  List<Path> below(Path real) throws IOException {
    String directory = real.toString().equals("/") ? "/" : real + "/";
    return all().stream()
        .map(Mount::point)
        .filter(point -> point.startsWith(directory))
        .map(Path::of)
        .distinct()
        .toList();
  }

  /** Whether an XFS file system is known to have no realtime device. */
  boolean withoutRealtimeDevice(DeviceNumber device) {
    try {
      List<Mount> here =
          all().stream().filter(mount -> mount.device.equals(device.toString())).toList();
      return !here.isEmpty()
          && here.stream().noneMatch(mount -> mount.options.containsKey("rtdev"));
    } catch (IOException e) {
      return false;
    }
  }

  /** The mount that a path is in: the one mounted last of those with the longest mount point. */
  Mount of(Path real) throws IOException {
    String path = real.toString();
    Mount found = null;
    for (Mount mount : all()) {
      if ((path + "/").startsWith(mount.point + "/")
          && (found == null || mount.point.length() >= found.point.length())) {
        found = mount;
      }
    }
    return found;
  }

  /** A line of the table; the root has a mount point of "" here, and null is a line of no use. */
  private static Mount mount(String line) {
    int dash = line.indexOf(" - ");
    String[] before = dash < 0 ? new String[0] : line.substring(0, dash).split(" ");
    String[] after = dash < 0 ? new String[0] : line.substring(dash + 3).split(" ");
    if (before.length < 5 || after.length < 3) {
      return null;
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : after[2].split(",")) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      options.merge(
          key, equals < 0 ? "" : unescape(option.substring(equals + 1)), (a, b) -> a + ":" + b);
    }
    return new Mount(
        before[2],
        withoutSlash(unescape(before[3])),
        withoutSlash(unescape(before[4])),
        after[0],
        options);
  }

  private static String withoutSlash(String path) {
    return path.equals("/") ? "" : path;
  }

  /** Undoes the kernel's \040 for a space and the like. */
  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && text.substring(i + 1).matches("(?s)[0-3][0-7]{2}.*")) {
        plain.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** Where it is, for messages. */
  @Override
  public String toString() {
    return file.toString();
  }
}
