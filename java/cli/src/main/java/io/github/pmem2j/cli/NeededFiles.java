package io.github.pmem2j.cli;

import io.github.pmem2j.cli.json.DoctorJson.NeededFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files of sysfs that libpmem2 and libndctl read. */
final class NeededFiles {
  private static final String DENIED = "permission denied";

  private NeededFiles() {}

  static NeededFile readable(Path path) {
    return new NeededFile(path.toString(), true, null);
  }

  static NeededFile unreadable(Path path, IOException e) {
    String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return new NeededFile(
        path.toString(), false, e instanceof AccessDeniedException ? DENIED : reason);
  }

  /** Whether permission is denied. A file may be unreadable for every user. */
  static boolean denied(NeededFile file) {
    return DENIED.equals(file.reason());
  }

  /** The attribute, such as resource. */
  static String attribute(NeededFile file) {
    return Path.of(file.path()).getFileName().toString();
  }

  /** The device whose attribute it is. */
  private static String device(NeededFile file) {
    return Path.of(file.path()).getParent().getFileName().toString();
  }

  /** The files by attribute: "resource of region0, region1". */
  static List<String> summary(List<NeededFile> files) {
    Map<String, List<String>> devices = new LinkedHashMap<>();
    for (NeededFile file : files) {
      devices.computeIfAbsent(attribute(file), a -> new ArrayList<>()).add(device(file));
    }
    return devices.entrySet().stream()
        .map(e -> e.getKey() + " of " + String.join(", ", e.getValue()))
        .toList();
  }
}
