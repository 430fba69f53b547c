package io.github.pmem2j.internal.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads lists of bad blocks: of a disk of persistent memory, and of a region, which is what a dax
 * device has (Documentation/ABI/testing/sysfs-bus-nvdimm of the kernel).
 */
final class DeviceBadBlocks {
  private static final String LIST = "badblocks";

  /** More than the smallest page. */
  private static final int FIRST_ROOM = 4096 + 1;

  private final Sysfs sysfs;

  DeviceBadBlocks(Sysfs sysfs) {
    this.sysfs = sysfs;
  }

  /**
   * Bad sectors of a device, in its own coordinates, why there may be more, and the list they are
   * from.
   */
  record Answer(BadSectors bad, List<IncompleteReason> reasons, BadBlockSource list) {
    private BadBlockSource.Content content() {
      RangeSet.Builder ranges = RangeSet.builder();
      for (int i = 0; i < bad.count(); i++) {
        ranges.add(
            ByteRange.between(
                bad.start(i) * BadRange.SECTOR_SIZE, bad.end(i) * BadRange.SECTOR_SIZE));
      }
      return new BadBlockSource.Content(ranges.build(), reasons);
    }
  }

  private BadBlockSource list(String directory, String device, Supplier<Answer> reader) {
    Path file = Path.of(sysfs.file(directory, LIST));
    return new BadBlockSource(device, file, () -> reader.get().content());
  }

  /** The list of a disk, with what the region's list has beyond it where it may be cut short. */
  Answer ofDisk(String disk, NvdimmPath place) {
    String name = NvdimmPath.name(disk);
    BadBlockSource source = list(disk, name, () -> ofDisk(disk, place));
    List<IncompleteReason> reasons = new ArrayList<>(0);
    BadBlockListParser.Content list = read(disk, name, reasons);
    if (!list.nearBound()) {
      return new Answer(list.sectors(), reasons, source);
    }
    BadSectors.Builder all = new BadSectors.Builder().addAll(list.sectors(), 0);
    try {
      long size = sysfs.number(disk, "size");
      all.addAll(ofRegion(place.region(), place.owner(), size, name, new ArrayList<>()), 0);
    } catch (IOException e) {
      // resource is for root. What the disk's own list says is told as incomplete either way.
    }
    return new Answer(all.build(), reasons, source);
  }

  /** The list of a dax device: a part of its region's. */
  Answer ofDaxDevice(String device, NvdimmPath place) {
    String name = NvdimmPath.name(device);
    BadBlockSource source = list(place.region(), name, () -> ofDaxDevice(device, place));
    List<IncompleteReason> reasons = new ArrayList<>(0);
    BadBlockListParser.Content list = read(place.region(), name, reasons);
    if (list.sectors().isEmpty()) {
      return new Answer(BadSectors.NONE, reasons, source);
    }
    reasons.clear();
    try {
      if (sysfs.exists(device, "mapping1")) {
        reasons.add(
            new IncompleteReason(
                IncompleteReason.Code.UNKNOWN_MAPPING,
                name + " is made of several parts of its region: scan the region's namespaces"));
        return new Answer(BadSectors.NONE, reasons, source);
      }
      long sectors = sysfs.number(device, "size") / BadSectors.SECTOR;
      return new Answer(ofRegion(place.region(), device, sectors, name, reasons), reasons, source);
    } catch (IOException e) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.BOUNDS_UNREADABLE,
              NvdimmPath.name(place.region())
                  + " has bad blocks, and where "
                  + name
                  + " lies in it cannot be read: "
                  + NativeError.cause(e)
                  + "; run as root"));
      return new Answer(BadSectors.NONE, reasons, source);
    }
  }

  /** The part of a region's list that is within a device, in the device's coordinates. */
  private BadSectors ofRegion(
      String region, String device, long sectors, String name, List<IncompleteReason> reasons)
      throws IOException {
    long offset = sysfs.number(device, "resource") - sysfs.number(region, "resource");
    if (offset < 0 || offset % BadSectors.SECTOR != 0) {
      throw new IOException(sysfs.file(device, "resource") + " is not within the region");
    }
    long first = offset / BadSectors.SECTOR;
    BadSectors bad = read(region, name, reasons).sectors().section(first, sectors);
    BadSectors.Builder own = new BadSectors.Builder();
    for (int i = 0; i < bad.count(); i++) {
      own.add(bad.start(i), bad.end(i), name, bad.start(i));
    }
    return own.build();
  }

  private BadBlockListParser.Content read(
      String directory, String device, List<IncompleteReason> reasons) {
    String file = sysfs.file(directory, LIST);
    byte[] text = new byte[FIRST_ROOM];
    try {
      int length = sysfs.read(directory, LIST, text);
      if (length == FIRST_ROOM) {
        text = new byte[BadBlockListParser.ROOM];
        length = sysfs.read(directory, LIST, text);
      }
      if (length >= 0) {
        BadBlockListParser.Content content = BadBlockListParser.parse(text, length, device);
        if (content.nearBound()) {
          reasons.add(
              new IncompleteReason(
                  IncompleteReason.Code.LIST_AT_BOUND,
                  file
                      + " is as long as the kernel lets it grow: there may be more bad blocks than"
                      + " it shows; clear some, scrub the device, and scan again"));
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
