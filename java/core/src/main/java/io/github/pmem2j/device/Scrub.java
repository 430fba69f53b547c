package io.github.pmem2j.device;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Poller;
import io.github.pmem2j.internal.scan.ListFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A scrub: the platform reads all memory of an NVDIMM bus, and the kernel then lists the errors
 * that were found (ACPI's address range scrub, {@code nfit/scrub} of
 * Documentation/ABI/testing/sysfs-bus-nfit of the kernel). A path can be on several buses; this
 * includes all of those below it that can be scrubbed.
 *
 * <p>Immutable and thread-safe. Holds no resources: a scrub continues without it.
 */
public final class Scrub {
  private final List<ScrubbedBus> buses;
  private final List<String> notScrubbed;

  /** The lists of the buses' devices, with their content. */
  private final Map<BadBlockSource, RangeSet> before;

  private Scrub(
      List<ScrubbedBus> buses, List<String> notScrubbed, Map<BadBlockSource, RangeSet> before) {
    this.buses = List.copyOf(buses);
    this.notScrubbed = List.copyOf(notScrubbed);
    this.before = before;
  }

  /**
   * Bad blocks of one device that are new.
   *
   * @param device the device, as {@link io.github.pmem2j.BadRange#device()} has it
   * @param ranges the ranges, in bytes of the device
   * @param complete false if there may be others
   */
  public record Found(String device, RangeSet ranges, boolean complete) {
    /** Makes one. */
    public Found {
      Objects.requireNonNull(device, "device");
      Objects.requireNonNull(ranges, "ranges");
    }
  }

  /**
   * Starts a scrub of the buses below a path. If one is already running, this joins it: an error in
   * memory that it has already passed is found by the next scrub.
   *
   * @param path a file, a directory with all that is mounted in it, or a device
   * @return the running scrub
   * @throws java.nio.file.AccessDeniedException without root
   * @throws java.nio.file.NoSuchFileException if there is no such path
   * @throws java.nio.file.FileSystemException if no bus below it can be scrubbed: read its data to
   *     find errors
   * @throws IOException if the kernel cannot be queried
   */
  public static Scrub start(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    return start(path, Host.of(path));
  }

  static Scrub start(Path path, Host host) throws IOException {
    Scrub idle = below(path, host);
    List<ScrubbedBus> started = new ArrayList<>();
    for (ScrubbedBus bus : idle.buses) {
      started.add(bus.start());
    }
    return new Scrub(started, idle.notScrubbed, idle.before);
  }

  /**
   * The running scrub of the buses below a path, or else the last one. Starts no scrub, and needs
   * no privilege.
   *
   * @param path a file, a directory with all that is mounted in it, or a device
   * @return the scrub
   * @throws IOException as {@link #start}, except for a missing privilege
   */
  public static Scrub below(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    return below(path, Host.of(path));
  }

  static Scrub below(Path path, Host host) throws IOException {
    ListFinder.Found found = new ListFinder(host).below(path);
    Map<String, ScrubbedBus> buses = new LinkedHashMap<>();
    Map<BadBlockSource, RangeSet> before = new LinkedHashMap<>();
    Set<String> cannot = new LinkedHashSet<>();
    for (BadBlockSource list : found.lists()) {
      ScrubbedBus bus = ScrubbedBus.of(list.file());
      if (bus == null || list.filledBy().kind() == ErrorSource.Kind.NOBODY) {
        cannot.add(
            "the platform cannot scrub "
                + list.device()
                + ": read all data there with verify to find its errors");
      } else {
        buses.putIfAbsent(bus.name(), bus);
        before.put(list, list.read().ranges());
      }
    }
    if (buses.isEmpty()) {
      cannot.addAll(found.lists().isEmpty() ? found.reasons() : List.of());
      throw Unsupported.of("scrub", path, cannot);
    }
    found.unlisted().forEach(reason -> cannot.add(reason.message()));
    return new Scrub(List.copyOf(buses.values()), List.copyOf(cannot), before);
  }

  /** {@return the names in sysfs of the buses that are scrubbed, such as {@code ndbus0}} */
  public List<String> buses() {
    return buses.stream().map(ScrubbedBus::name).toList();
  }

  /** {@return a sentence for each device below the path that cannot be scrubbed, or is unknown} */
  public List<String> notScrubbed() {
    return notScrubbed;
  }

  /**
   * Whether a scrub of any of the buses is running, whoever started it.
   *
   * @return true if it is
   * @throws IOException if the kernel cannot be queried
   */
  public boolean isRunning() throws IOException {
    for (ScrubbedBus bus : buses) {
      if (bus.state().running()) {
        return true;
      }
    }
    return false;
  }

  /**
   * How many scrubs have ended since the driver was loaded.
   *
   * @return the number; the lowest one if there are several buses
   * @throws IOException if the kernel cannot be queried
   */
  public int count() throws IOException {
    int least = Integer.MAX_VALUE;
    for (ScrubbedBus bus : buses) {
      least = Math.min(least, bus.state().ended());
    }
    return least;
  }

  /**
   * Waits until this scrub has ended on all buses, by poll(2).
   *
   * @param timeout how long to wait
   * @return false if it has not ended by then
   * @throws IOException if the kernel cannot be queried, or a bus was removed
   */
  public boolean await(Duration timeout) throws IOException {
    Deadline deadline = new Deadline(timeout);
    try (Poller poller = Poller.open()) {
      for (ScrubbedBus bus : buses) {
        if (!bus.await(poller, deadline)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Reads the lists of bad blocks again.
   *
   * @return for each device, the additions to its list since this was created
   */
  public List<Found> found() {
    List<Found> all = new ArrayList<>();
    before.forEach(
        (list, ranges) -> {
          BadBlockSource.Content now = list.read();
          RangeSet gained = now.ranges().minus(ranges);
          if (!gained.isEmpty() || !now.reasons().isEmpty()) {
            all.add(new Found(list.device(), gained, now.reasons().isEmpty()));
          }
        });
    return all;
  }
}
