package io.github.pmem2j.internal.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.Settled;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads lists of bad blocks: of a disk of persistent memory, and of a region, from which a dax
 * device's list is taken (Documentation/ABI/testing/sysfs-bus-nvdimm of the kernel).
 */
final class DeviceBadBlocks {
  private static final String LIST = "badblocks";

  /** More than the smallest page. */
  private static final int FIRST_READ = 4096 + 1;

  private final Host host;
  private final Sysfs sysfs;
  private final SourceReader sources;
  private final CxlPoison poison;

  DeviceBadBlocks(Host host, CxlPoison poison) {
    this.host = host;
    this.sysfs = host.sysfs();
    this.sources = new SourceReader(sysfs, host.trustedLists());
    this.poison = poison;
  }

  /**
   * Bad sectors of a device, in its own coordinates.
   *
   * @param reasons why there may be more
   * @param list the list that they come from
   * @param unfed why the list, though complete, may lack errors
   */
  record ListedBlocks(
      BadSectors bad,
      List<IncompleteReason> reasons,
      BadBlockSource list,
      List<IncompleteReason> unfed) {
    /** The stack of a device that has the list. */
    DeviceStack stack(String text) {
      List<IncompleteReason> all = new ArrayList<>(reasons);
      all.addAll(unfed);
      return new DeviceStack(DeviceStack.Storage.PMEM, bad, all, text, List.of(list));
    }

    private BadBlockSource.Content content() {
      return new BadBlockSource.Content(bad.bytes(), reasons);
    }
  }

  private BadBlockSource list(
      String directory, SourceReader.SourceState filled, Supplier<ListedBlocks> reader) {
    Path file = Path.of(sysfs.file(directory, LIST));
    return new BadBlockSource(filled.source(), file, () -> reader.get().content());
  }

  /**
   * The list of a disk, completed from the region's list where it may be truncated, and from the
   * poison lists of the region's devices.
   */
  ListedBlocks ofDisk(String disk, NvdimmPath place) {
    String name = NvdimmPath.name(disk);
    // Read before the list: the errors of a scrub that ends in between are then in the list.
    SourceReader.SourceState filled = sources.read(name, place);
    BadBlockSource source = list(disk, filled, () -> ofDisk(disk, place));
    List<IncompleteReason> reasons = new ArrayList<>(0);
    BadBlockListParser.Content list = read(disk, name, reasons);
    BadSectors poisoned = poisoned(name, place.region(), filled.source(), reasons);
    if (!list.nearBound() && poisoned.isEmpty()) {
      return new ListedBlocks(list.sectors(), reasons, source, filled.reasons());
    }
    BadSectors.Builder all = new BadSectors.Builder().addAll(list.sectors(), 0);
    BadSectors ofRegion =
        list.nearBound()
            ? joined(read(place.region(), name, new ArrayList<>()).sectors(), poisoned)
            : poisoned;
    try {
      all.addAll(within(ofRegion, bounds(place.region(), place.owner(), disk, 1), name), 0);
    } catch (IOException e) { // Only root can read resource.
      if (!poisoned.isEmpty()) { // Otherwise the disk's own list is reported as incomplete.
        reasons.add(boundsUnreadable(name, place, e));
      }
    }
    return new ListedBlocks(all.build(), reasons, source, filled.reasons());
  }

  /** The list of a dax device: the part of its region's list that lies in the device. */
  ListedBlocks ofDaxDevice(String device, NvdimmPath place) {
    String name = NvdimmPath.name(device);
    SourceReader.SourceState filled = sources.read(name, place);
    BadBlockSource source = list(place.region(), filled, () -> ofDaxDevice(device, place));
    List<IncompleteReason> reasons = new ArrayList<>(0);
    BadSectors list = read(place.region(), name, reasons).sectors();
    BadSectors ofRegion = joined(list, poisoned(name, place.region(), filled.source(), reasons));
    BadSectors bad = BadSectors.NONE;
    try {
      Bounds bounds =
          ofRegion.isEmpty() ? null : bounds(place.region(), device, device, BadRange.SECTOR_SIZE);
      if (bounds != null && bounds.several) {
        reasons.add(
            new IncompleteReason(
                IncompleteReason.Code.UNKNOWN_MAPPING,
                name + " has several parts of its region: scan the region's namespaces"));
      } else if (bounds != null) {
        bad = within(ofRegion, bounds, name);
      }
    } catch (IOException e) {
      reasons.add(boundsUnreadable(name, place, e));
    }
    return new ListedBlocks(bad, reasons, source, filled.reasons());
  }

  /** The list of a whole region, in bytes. */
  BadBlockSource.Content ofRegion(String region, ErrorSource source) {
    List<IncompleteReason> reasons = new ArrayList<>(0);
    String name = NvdimmPath.name(region);
    BadSectors list = read(region, name, reasons).sectors();
    BadSectors bad = joined(list, poisoned(name, region, source, reasons));
    return new BadBlockSource.Content(bad.bytes(), reasons);
  }

  private static IncompleteReason boundsUnreadable(String name, NvdimmPath place, IOException e) {
    return new IncompleteReason(
        IncompleteReason.Code.BOUNDS_UNREADABLE,
        NvdimmPath.name(place.region())
            + " has bad blocks, but the position of "
            + name
            + " in it cannot be read: "
            + NativeError.cause(e)
            + "; run as root");
  }

  private static BadSectors joined(BadSectors one, BadSectors other) {
    return other.isEmpty() ? one : new BadSectors.Builder().addAll(one, 0).addAll(other, 0).build();
  }

  /** The poison that CXL devices list, in the region's coordinates. */
  private BadSectors poisoned(
      String name, String region, ErrorSource source, List<IncompleteReason> reasons) {
    if (source.kind() != ErrorSource.Kind.DEVICE_LIST) {
      return BadSectors.NONE;
    }
    CxlPoison.PoisonList listed = poison.read(region);
    reasons.addAll(listed.reasons());
    BadSectors.Builder bad = new BadSectors.Builder();
    for (ByteRange range : listed.bad()) {
      long start = range.offset() / BadRange.SECTOR_SIZE;
      bad.add(start, range.end() / BadRange.SECTOR_SIZE, name, start);
    }
    return bad.build();
  }

  /**
   * Where a device is in its region, in bytes and sectors.
   *
   * @param several whether it has other parts of the region, too
   */
  private record Bounds(long offset, long sectors, boolean several) {}

  /** Its files are read one after the other, and the namespace may be replaced in between. */
  private Bounds bounds(String region, String owner, String device, int sizeUnit)
      throws IOException {
    return Settled.read(
        sysfs.file(owner, "resource"),
        () ->
            new Bounds(
                sysfs.number(owner, "resource") - sysfs.number(region, "resource"),
                sysfs.number(device, "size") / sizeUnit,
                sysfs.exists(device, "mapping1")));
  }

  /** The part of a region's bad sectors that is within a device, in the device's coordinates. */
  private static BadSectors within(BadSectors ofRegion, Bounds bounds, String name)
      throws IOException {
    if (bounds.offset < 0 || bounds.offset % BadRange.SECTOR_SIZE != 0) {
      throw new IOException("its resource is not within the region");
    }
    BadSectors bad = ofRegion.section(bounds.offset / BadRange.SECTOR_SIZE, bounds.sectors);
    BadSectors.Builder own = new BadSectors.Builder();
    for (int i = 0; i < bad.count(); i++) {
      own.add(bad.start(i), bad.end(i), name, bad.start(i));
    }
    return own.build();
  }

  private BadBlockListParser.Content read(
      String directory, String device, List<IncompleteReason> reasons) {
    String file = sysfs.file(directory, LIST);
    byte[] text = new byte[FIRST_READ];
    try {
      host.updateLists();
      int length = sysfs.read(directory, LIST, text);
      if (length == FIRST_READ) {
        text = new byte[BadBlockListParser.CAPACITY];
        length = sysfs.read(directory, LIST, text);
      }
      if (length >= 0) {
        BadBlockListParser.Content content = BadBlockListParser.parse(text, length, device);
        if (content.nearBound()) {
          reasons.add(
              new IncompleteReason(
                  IncompleteReason.Code.LIST_AT_BOUND,
                  file
                      + " is full: there may be more bad blocks than"
                      + " it lists; clear some, scrub the device, and scan again"));
        }
        return content;
      }
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.LIST_UNREADABLE,
              file + " does not exist, though the device is persistent memory: check the driver"));
    } catch (BadBlockListParser.MalformedException e) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.LIST_MALFORMED,
              file + " is not what the kernel writes, " + e.getMessage() + ": report this"));
    } catch (IOException e) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.LIST_UNREADABLE,
              file + " cannot be read: " + NativeError.cause(e) + "; allow this user to read it"));
    }
    return BadBlockListParser.Content.EMPTY;
  }
}
