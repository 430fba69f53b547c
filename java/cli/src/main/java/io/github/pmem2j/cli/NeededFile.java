package io.github.pmem2j.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of sysfs that libpmem2 and libndctl read.
 *
 * @param path where it is
 * @param readable whether it could be read
 * @param reason why not, or null
 */
record NeededFile(String path, boolean readable, String reason) {
  private static final String DENIED = "permission denied";

  static NeededFile readable(Path path) {
    return new NeededFile(path.toString(), true, null);
  }

  static NeededFile unreadable(Path path, IOException e) {
    String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return new NeededFile(
        path.toString(), false, e instanceof AccessDeniedException ? DENIED : reason);
  }

  /** Whether this user may not read it; the kernel may have nothing to say there either way. */
  boolean denied() {
    return DENIED.equals(reason);
  }

  /** The attribute, such as resource. */
  String attribute() {
    return Path.of(path).getFileName().toString();
  }

  /** The device whose attribute it is. */
  String device() {
    return Path.of(path).getParent().getFileName().toString();
  }

  /** The files by attribute: "resource of region0, region1". */
  static List<String> summary(List<NeededFile> files) {
    Map<String, List<String>> devices = new LinkedHashMap<>();
    for (NeededFile file : files) {
      devices.computeIfAbsent(file.attribute(), a -> new ArrayList<>()).add(file.device());
    }
    return devices.entrySet().stream()
        .map(e -> e.getKey() + " of " + String.join(", ", e.getValue()))
        .toList();
  }
}
