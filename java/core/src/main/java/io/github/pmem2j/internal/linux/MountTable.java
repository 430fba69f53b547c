package io.github.pmem2j.internal.linux;

import io.github.pmem2j.PathBytes;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mounts that this process sees: /proc/self/mountinfo of proc(5). A malformed line makes the
 * whole table unusable: the mount that it describes may hide the others. Names are text of {@link
 * PathBytes#text}, because they may be in any encoding.
 */
public final class MountTable {
  private static final Pattern ESCAPE = Pattern.compile("\\\\[0-3][0-7]{2}");

  private final Path file;

  public MountTable(Path proc) {
    file = proc.resolve("self/mountinfo");
  }

  /** The file of the kernel that holds the table, and notifies of its changes. */
  public Path file() {
    return file;
  }

  /**
   * A mount.
   *
   * @param device as the file system's files have it
   * @param root which directory of the file system is mounted; "" is its root
   * @param point where; "" is the root
   * @param options of the file system
   */
  public record Mount(
      DeviceNumber device, String root, String point, String type, Map<String, String> options) {}

  /** All mounts, in the order in which they were made. */
  public List<Mount> all() throws IOException {
    List<Mount> mounts = new ArrayList<>();
    for (String line : PathBytes.text(Files.readAllBytes(file)).split("\n")) {
      mounts.add(mount(line));
    }
    return mounts;
  }

  /** The mount points below a directory. */
  public List<String> below(Path real) throws IOException {
    String name = name(real);
    String directory = name.equals("/") ? "/" : name + "/";
    return all().stream()
        .map(Mount::point)
        .filter(point -> point.startsWith(directory))
        .distinct()
        .toList();
  }

  /** Whether an XFS file system is known to have no realtime device. */
  public boolean withoutRealtimeDevice(DeviceNumber device) {
    try {
      List<Mount> here = all().stream().filter(mount -> mount.device.equals(device)).toList();
      return !here.isEmpty()
          && here.stream().noneMatch(mount -> mount.options.containsKey("rtdev"));
    } catch (IOException e) {
      return false;
    }
  }

  /** The mount that a path is in: the one mounted last of those with the longest mount point. */
  public Mount of(Path real) throws IOException {
    String path = name(real);
    Mount found = null;
    for (Mount mount : all()) {
      if ((path + "/").startsWith(mount.point + "/")
          && (found == null || mount.point.length() >= found.point.length())) {
        found = mount;
      }
    }
    return found;
  }

  /** A line of the table; the root has a mount point of "" here. */
  private Mount mount(String line) throws IOException {
    int dash = line.indexOf(" - ");
    List<String> before = List.of(line.substring(0, Math.max(dash, 0)).split(" ", -1));
    String[] after = line.substring(dash < 0 ? 0 : dash + 3).split(" ", -1);
    DeviceNumber device = before.size() < 6 ? null : Sysfs.parseDeviceNumber(before.get(2));
    // Of all these, only the source of the mount may be empty.
    boolean empty = before.contains("") || after[0].isEmpty() || after[after.length - 1].isEmpty();
    if (device == null || after.length != 3 || empty) {
      throw new IOException(this + " has a malformed line: " + line);
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : after[2].split(",")) {
      int equals = option.indexOf('=');
      String key = equals < 0 ? option : option.substring(0, equals);
      options.merge(
          key, equals < 0 ? "" : unescape(option.substring(equals + 1)), (a, b) -> a + ":" + b);
    }
    return new Mount(
        device,
        withoutSlash(unescape(before.get(3))),
        withoutSlash(unescape(before.get(4))),
        after[0],
        options);
  }

  /** A path's name, as the table has it. */
  public static String name(Path real) {
    return PathBytes.text(PathBytes.of(real));
  }

  /**
   * The path of a name in the table; "" is the root.
   *
   * @throws IllegalArgumentException if no path can have the name
   */
  public static Path path(String name) {
    return PathBytes.path(PathBytes.bytes(name.isEmpty() ? "/" : name));
  }

  private static String withoutSlash(String path) {
    return path.equals("/") ? "" : path;
  }

  /** Undoes the kernel's \040 for a space and the like. */
  private static String unescape(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            escape ->
                Matcher.quoteReplacement(
                    Character.toString(Integer.parseInt(escape.group().substring(1), 8))));
  }

  /** Where it is, for messages. */
  @Override
  public String toString() {
    return file.toString();
  }
}
