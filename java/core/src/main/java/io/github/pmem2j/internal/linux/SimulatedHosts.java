package io.github.pmem2j.internal.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Directories of this machine that a test kit has put on hosts of its own, for every caller in this
 * process. There are none unless it runs.
 */
public final class SimulatedHosts {
  private static final Map<Path, Host> HOSTS = new ConcurrentHashMap<>();

  private SimulatedHosts() {}

  /**
   * Puts a directory, with all that is below it, on a host.
   *
   * @param directory its real path
   * @throws IllegalStateException if it is on one already
   */
  public static void add(Path directory, Host host) {
    if (HOSTS.putIfAbsent(directory, host) != null) {
      throw new IllegalStateException(directory + " is simulated already: close that first");
    }
  }

  /** Puts it back on this machine. */
  public static void remove(Path directory) {
    HOSTS.remove(directory);
  }

  /** The host of a path, that of the nearest directory above it; this machine if there is none. */
  static Host of(Path path) {
    if (HOSTS.isEmpty()) {
      return Host.local();
    }
    try {
      for (Path p = path.toRealPath(); p != null; p = p.getParent()) {
        Host host = HOSTS.get(p);
        if (host != null) {
          return host;
        }
      }
    } catch (IOException e) {
      // Opening it fails in the same way, with the error that the caller expects.
    }
    return Host.local();
  }
}
