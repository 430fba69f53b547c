package io.github.pmem2j.internal.device;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A private trace instance (Documentation/trace/ftrace.rst of the kernel), which receives the
 * events {@code cxl_poison} and disturbs no other tracing.
 *
 * <p>While one of an instance's files is open the kernel refuses to remove the instance, and a file
 * of a process is closed however the process ends. So an instance with such a name that can be
 * removed is unused: a killed process left it behind.
 */
final class TraceInstance implements CxlPoison.Lister {
  /** Where systemd mounts tracefs below sysfs, and where the kernel does below debugfs. */
  private static final List<String> MOUNTS = List.of("kernel/tracing", "kernel/debug/tracing");

  /** The event; it is there from Linux 6.4 on, once CXL's driver is loaded. */
  static final String EVENT = "events/cxl/cxl_poison";

  /** The events by which a device reports a new error. */
  private static final List<String> NEWS =
      List.of("events/cxl/cxl_general_media", "events/cxl/cxl_dram");

  private static final String INSTANCES = "instances";
  private static final String NAME = "pmem2j-";
  private static final Pattern NAMES = Pattern.compile(NAME + "[0-9a-f]{32}");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int ATTEMPTS = 5;

  /** Turns off options that print more than the event; an instance inherits the global ones. */
  private static final List<String> OPTIONS =
      List.of(
          "nocontext-info",
          "markers",
          "noannotate",
          "noraw",
          "nohex",
          "nobin",
          "nofields",
          "nostacktrace",
          "nouserstacktrace");

  private final Path directory;
  private final InputStream held;

  private TraceInstance(Path directory, InputStream held) {
    this.directory = directory;
    this.held = held;
  }

  /**
   * Makes an instance where tracefs is mounted.
   *
   * @param sys where sysfs is mounted
   */
  static TraceInstance openMounted(Path sys) throws IOException {
    for (String mount : MOUNTS) {
      try {
        return open(sys.resolve(mount));
      } catch (NoSuchFileException e) {
        // Try the other one.
      }
    }
    throw new IOException(
        "tracefs with the event cxl_poison is not mounted: modprobe cxl_core; mount -t tracefs"
            + " tracefs "
            + sys.resolve(MOUNTS.get(0)));
  }

  /**
   * Makes an instance, and removes those that nobody uses any more.
   *
   * @param tracing where tracefs is mounted
   */
  static TraceInstance open(Path tracing) throws IOException {
    Path instances = tracing.resolve(INSTANCES);
    removeUnused(instances);
    TraceInstance instance = create(instances);
    try {
      for (String option : OPTIONS) {
        instance.setOption(option);
      }
      // Only this clock orders the events of several processors.
      write(instance.directory.resolve("trace_clock"), "mono");
      if (!Files.exists(instance.directory.resolve(EVENT))) {
        throw new NoSuchFileException(instance.directory.resolve(EVENT).toString());
      }
    } catch (IOException | RuntimeException | Error e) {
      instance.close();
      throw e;
    }
    return instance;
  }

  private static void removeUnused(Path instances) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(instances)) {
      for (Path entry : entries) {
        if (NAMES.matcher(entry.getFileName().toString()).matches()) {
          try {
            Files.delete(entry);
          } catch (IOException e) {
            // In use, or removed by another process.
          }
        }
      }
    }
  }

  private static TraceInstance create(Path instances) throws IOException {
    for (int attempt = 1; ; attempt++) {
      byte[] name = new byte[16];
      RANDOM.nextBytes(name);
      Path directory = instances.resolve(NAME + HexFormat.of().formatHex(name));
      Files.createDirectory(directory);
      try {
        return new TraceInstance(
            directory, new FileInputStream(directory.resolve("tracing_on").toFile()));
      } catch (IOException | RuntimeException | Error e) {
        // Another process may have removed it as unused before the file was open.
        if (Files.deleteIfExists(directory) || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void setOption(String option) throws IOException {
    try {
      write(directory.resolve("trace_options"), option);
    } catch (IOException e) {
      // Older kernels lack some of them, and print nothing that they would turn off.
      if (option.equals(OPTIONS.get(0))) {
        throw e;
      }
    }
  }

  private void enable(boolean on) throws IOException {
    enable(EVENT, on);
  }

  private void enable(String event, boolean on) throws IOException {
    Path file = directory.resolve(event).resolve("enable");
    write(file, on ? "1" : "0");
    if (on && !TraceLines.text(file).startsWith("1")) {
      throw new IOException(file + " cannot be set");
    }
  }

  /**
   * Collects events that announce changes of poison lists from now on.
   *
   * @return the file that poll(2) reports as readable while there are any
   */
  Path enableNews() throws IOException {
    // Leaves out records of requested lists, this library's own among them: those change nothing.
    write(directory.resolve(EVENT).resolve("filter"), "trace_type != 0");
    enable(true);
    for (String event : NEWS) {
      if (Files.exists(directory.resolve(event))) {
        enable(event, true);
      }
    }
    return directory.resolve("trace_pipe");
  }

  /** Discards the events collected so far. */
  void discard() throws IOException {
    new FileOutputStream(directory.resolve("trace").toFile()).close();
  }

  /**
   * Has a device print its poison list, and returns a line for each event that the kernel printed
   * meanwhile, for any device.
   *
   * @param trigger the device's file {@code trigger_poison_list}
   * @throws IOException also if events were lost
   */
  @Override
  public List<String> list(Path trigger) throws IOException {
    Path marker = directory.resolve("trace_marker");
    // An empty list has no events, nor has a trace that was turned off: marks before and after it
    // distinguish the two.
    List<String> marks =
        List.of("begin " + directory.getFileName(), "end " + directory.getFileName());
    discard();
    write(marker, marks.get(0));
    enable(true);
    try {
      write(trigger, "1");
    } finally {
      enable(false);
    }
    write(marker, marks.get(1));
    List<String> lines = TraceLines.read(directory);
    for (String mark : marks) {
      if (!lines.removeIf(line -> line.endsWith(": " + mark))) {
        throw new IOException(directory.resolve("trace") + " lacks the mark \"" + mark + '"');
      }
    }
    return lines;
  }

  /** Writes to a file of the kernel, which must exist. */
  static void write(Path file, String text) throws IOException {
    if (!Files.exists(file)) { // else opening it would try to create it: permission denied
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isWritable(file)) {
      throw new AccessDeniedException(file.toString());
    }
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IOException("write \"" + text + "\" to " + file + ": " + e.getMessage(), e);
    }
  }

  /** Removes the instance. If it is in use, the next instance to be opened removes it. */
  @Override
  public void close() {
    try {
      held.close();
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      // In use; nothing is traced any more.
    }
  }
}
