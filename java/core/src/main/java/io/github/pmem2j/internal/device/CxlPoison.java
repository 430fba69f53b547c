package io.github.pmem2j.internal.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the poison lists of CXL devices: the kernel keeps no copy, but requests a device's list
 * when root writes to {@code trigger_poison_list}, and emits the records as trace events
 * (Documentation/ABI/testing/sysfs-bus-cxl of the kernel, from Linux 6.4 on).
 */
public final class CxlPoison {
  private static final String TRIGGER = "trigger_poison_list";
  private static final Pattern RELEASE = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})(?![0-9]).*");
  private static final Pattern ND_REGION = Pattern.compile("(?:.*/)?(region[0-9]{1,9})");

  /** The unit in which a device marks and clears poison, in bytes. */
  private static final int UNIT = 64;

  /** Linux 6.4. */
  private static final int FIRST_RELEASE = 6 * 10_000 + 4;

  /** Requests the lists; outside tests, through a {@link TraceInstance}. */
  interface Lister extends AutoCloseable {
    /** The events that the kernel emits while a device lists its poison. */
    List<String> list(Path trigger) throws IOException;

    @Override
    void close();
  }

  /** Opens a lister. */
  interface Opener {
    Lister open() throws IOException;
  }

  private final Sysfs sysfs;
  private final Opener opener;
  private final String release;

  /** The lists that were read, if they are to be read once; else null. */
  private Map<String, PoisonList> known;

  /** Creates a reader that requests the lists again on every call. */
  public CxlPoison(Sysfs sysfs) {
    this(sysfs, () -> TraceInstance.openMounted(sysfs.root()), System.getProperty("os.version"));
  }

  CxlPoison(Sysfs sysfs, Opener opener, String release) {
    this.sysfs = sysfs;
    this.opener = opener;
    this.release = release;
  }

  /** Creates a reader that requests the list of each region once. Not thread-safe. */
  public static CxlPoison once(Sysfs sysfs) {
    return new CxlPoison(sysfs).remembering();
  }

  CxlPoison remembering() {
    known = new HashMap<>();
    return this;
  }

  /**
   * The poison in a region.
   *
   * @param mapped the listed poison that the region maps
   * @param reasons why there may be more
   * @param unmapped poison of these devices that is mapped by no region
   */
  public record PoisonList(
      List<Mapped> mapped, List<IncompleteReason> reasons, Set<Unmapped> unmapped) {
    /** The region's sectors that hold poison, in bytes from its start. */
    public RangeSet bad() {
      RangeSet.Builder bad = RangeSet.builder();
      mapped.forEach(poison -> bad.add(poison.range()));
      return bad.build().alignedTo(BadRange.SECTOR_SIZE);
    }

    static PoisonList unknown(IncompleteReason.Code code, String message) {
      return new PoisonList(List.of(), List.of(new IncompleteReason(code, message)), Set.of());
    }
  }

  /**
   * Contiguous poison of a device.
   *
   * @param range in bytes of the region, from its start
   * @param memdev the device
   * @param address the first byte's address in the device
   */
  public record Mapped(ByteRange range, String memdev, long address) {}

  /**
   * Poison that no region maps.
   *
   * @param memdev the device
   * @param address the first byte's address in the device
   * @param length in bytes
   */
  public record Unmapped(String memdev, long address, long length) {}

  /**
   * Requests the list of each device of a region.
   *
   * @param region the region's directory on the NVDIMM bus, below the root of sysfs
   */
  public PoisonList read(String region) {
    return known == null ? query(region) : known.computeIfAbsent(region, this::query);
  }

  private PoisonList query(String region) {
    Matcher matcher = ND_REGION.matcher(region);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(region);
    }
    String name = matcher.group(1);
    try {
      CxlRegion layout = CxlRegion.read(sysfs, name);
      for (String memdev : layout.memdevs()) {
        if (!sysfs.exists(CxlRegion.DEVICES + memdev, TRIGGER)) {
          return unsupported(memdev);
        }
      }
      // The kernel reports the same address for both; check that it does.
      long start = sysfs.number(region, "resource");
      if (start != layout.start()) {
        throw new IOException(sysfs.file(region, "resource") + " is not that of CXL's " + name);
      }
      return list(layout);
    } catch (IOException e) {
      return new PoisonList(
          List.of(), List.of(failed("the devices of CXL's " + name, e)), Set.of());
    }
  }

  /**
   * Zeroes the poisoned bytes in ranges of a disk or dax device, by having the CXL devices clear
   * what they list there now (clear_poison of Documentation/ABI/testing/debugfs-cxl of the kernel).
   *
   * @param device its name, such as pmem0 or dax0.0
   * @param ranges in bytes of the device
   * @throws IOException if it cannot be cleared, or not all of it
   */
  public void clear(String device, RangeSet ranges) throws IOException {
    String directory = sysfs.deviceByName(device);
    NvdimmPath place = directory == null ? null : NvdimmPath.of(directory);
    if (place == null) {
      throw new NoSuchFileException(device);
    }
    String owner = sysfs.exists(directory, "resource") ? directory : place.owner();
    long start = sysfs.number(owner, "resource") - sysfs.number(place.region(), "resource");
    RangeSet.Builder wanted = RangeSet.builder();
    for (ByteRange range : ranges) {
      wanted.add(start + range.offset(), range.length());
    }
    RangeSet bytes = wanted.build();
    for (Mapped poison : read(place.region()).mapped()) {
      for (ByteRange range : bytes.intersect(poison.range())) {
        clear(poison, range.alignedTo(UNIT).intersect(poison.range()));
      }
    }
  }

  private void clear(Mapped poison, ByteRange range) throws IOException {
    Path file = sysfs.root().resolve("kernel/debug/cxl/" + poison.memdev() + "/clear_poison");
    for (long at = range.offset(); at < range.end(); at += UNIT) {
      long address = poison.address() + (at - poison.range().offset());
      TraceInstance.write(file, "0x" + Long.toHexString(address));
    }
  }

  private static IncompleteReason failed(String devices, IOException e) {
    if (e instanceof AccessDeniedException) {
      return new IncompleteReason(
          IncompleteReason.Code.POISON_NEEDS_ROOT,
          e.getMessage()
              + ": permission denied: only root can read the poison list of "
              + devices
              + ": run as root");
    }
    return new IncompleteReason(
        IncompleteReason.Code.LIST_UNREADABLE,
        "cannot read the poison list of " + devices + ": " + NativeError.cause(e));
  }

  private PoisonList list(CxlRegion region) throws IOException {
    PoisonTable table = new PoisonTable(region);
    try (Lister lister = opener.open()) {
      for (String memdev : region.memdevs()) {
        String trigger = sysfs.file(CxlRegion.DEVICES + memdev, TRIGGER);
        try {
          table.add(listed(lister, Path.of(trigger)), trigger);
        } catch (IOException e) {
          table.add(failed("CXL's " + memdev, e));
        }
      }
    }
    if (!region.equals(CxlRegion.read(sysfs, region.name()))) {
      return PoisonList.unknown(
          IncompleteReason.Code.CHANGING,
          "CXL's " + region.name() + " changed while its devices listed their poison: scan again");
    }
    return table.list();
  }

  /** Retries once: a device that has just reported an event may be busy. */
  private static List<String> listed(Lister lister, Path trigger) throws IOException {
    try {
      return lister.list(trigger);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      return lister.list(trigger);
    }
  }

  private PoisonList unsupported(String memdev) {
    Matcher version = RELEASE.matcher(release);
    boolean old =
        version.matches()
            && Integer.parseInt(version.group(1)) * 10_000 + Integer.parseInt(version.group(2))
                < FIRST_RELEASE;
    return PoisonList.unknown(
        IncompleteReason.Code.POISON_UNSUPPORTED,
        old
            ? "Linux "
                + release
                + " cannot read the poison list of CXL's "
                + memdev
                + ": use 6.4 or newer"
            : "CXL's " + memdev + " does not list poison: read the file with verify");
  }
}
