package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.internal.device.BadSectors;
import java.util.ArrayList;
import java.util.List;

/** Makes sorted, disjoint, merged ranges of a report. */
final class BadRangeBuilder {
  private final long size;
  private final long unit;
  private final List<BadRange> ranges = new ArrayList<>();

  /** The one that the next may continue. */
  private BadRange open;

  private BadRangeBuilder(long size, long unit) {
    this.size = size;
    this.unit = unit;
  }

  /**
   * The bad ranges of a file.
   *
   * @param size the file's size
   * @param unit the block size of its file system
   */
  static List<BadRange> ofFile(ExtentPass pass, long size, long unit) {
    BadRangeBuilder ranges = new BadRangeBuilder(size, unit);
    for (int i = 0; i < pass.count(); i++) {
      ranges.add(
          pass.offset(i),
          pass.length(i),
          pass.unwritten(i) ? Kind.UNWRITTEN : Kind.DATA,
          pass.shared(i),
          pass.device(i),
          pass.deviceSector(i));
    }
    return ranges.finish();
  }

  /** The bad ranges of a device. */
  static List<BadRange> ofDevice(BadSectors bad) {
    BadRangeBuilder ranges = new BadRangeBuilder(Long.MAX_VALUE, BadSectors.SECTOR);
    for (int i = 0; i < bad.count(); i++) {
      ranges.add(
          bad.start(i) * BadSectors.SECTOR,
          (bad.end(i) - bad.start(i)) * BadSectors.SECTOR,
          Kind.DATA,
          false,
          bad.device(i),
          bad.origin(i));
    }
    return ranges.finish();
  }

  private void add(
      long offset, long length, Kind kind, boolean shared, String device, long sector) {
    // The file's last sector belongs to it as a whole.
    long dataEnd = roundUp(size, BadSectors.SECTOR);
    if (offset < dataEnd && offset + length > dataEnd) {
      long within = dataEnd - offset;
      add(offset, within, kind, shared, device, sector);
      add(dataEnd, length - within, kind, shared, device, sector + within / BadSectors.SECTOR);
      return;
    }
    Kind there = offset >= dataEnd ? Kind.PAST_END : kind;
    long clearOffset = offset - offset % unit;
    long clearEnd = roundUp(offset + length, unit);
    BadRange range =
        new BadRange(
            offset, length, clearOffset, clearEnd - clearOffset, there, shared, device, sector);
    if (open != null && continues(open, range)) {
      open =
          new BadRange(
              open.offset(),
              range.end() - open.offset(),
              open.clearOffset(),
              clearEnd - open.clearOffset(),
              there,
              shared,
              device,
              open.deviceSector());
    } else {
      close();
      open = range;
    }
  }

  private static boolean continues(BadRange range, BadRange next) {
    return range.end() == next.offset()
        && range.kind() == next.kind()
        && range.shared() == next.shared()
        && range.device().equals(next.device())
        && range.deviceSector() + range.length() / BadSectors.SECTOR == next.deviceSector();
  }

  private static long roundUp(long value, long unit) {
    long up = value / unit * unit;
    return up == value ? value : up > Long.MAX_VALUE - unit ? Long.MAX_VALUE : up + unit;
  }

  private void close() {
    if (open != null) {
      ranges.add(open);
    }
  }

  private List<BadRange> finish() {
    close();
    return ranges;
  }
}
