package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The thread of the only open watch of this process. */
final class WatchThread {
  private WatchThread() {}

  /** Its directory in procfs. */
  static Path task() {
    return Sysfs.list(Path.of("/proc/self/task"), "\\d+").stream()
        .filter(WatchThread::isWatch)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isWatch(Path task) {
    try {
      return Files.readString(task.resolve("comm")).equals("pmem2j-watch\n");
    } catch (IOException e) {
      return false; // it has just ended
    }
  }

  /** How often it has started to wait. */
  static long waits() {
    String name = "voluntary_ctxt_switches:";
    return Sysfs.read(task().resolve("status"))
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.substring(name.length()).strip()))
        .sum();
  }
}
