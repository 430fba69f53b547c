package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.BadRange.Kind;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.device.BadSectors;
import java.util.ArrayList;
import java.util.List;

/** Builds the sorted, disjoint, joined ranges of a report. */
final class BadRangeBuilder {
  private final long size;
  private final long unit;
  private final List<BadRange> ranges = new ArrayList<>();

  /** The last range, which the next one may extend. */
  private BadRange last;

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
          new ByteRange(pass.offset(i), pass.length(i)),
          pass.unwritten(i) ? Kind.UNWRITTEN : Kind.DATA,
          pass.shared(i),
          pass.device(i),
          pass.deviceSector(i));
    }
    return ranges.finish();
  }

  /** The bad ranges of a device. */
  static List<BadRange> ofDevice(BadSectors bad) {
    BadRangeBuilder ranges = new BadRangeBuilder(Long.MAX_VALUE, BadRange.SECTOR_SIZE);
    for (int i = 0; i < bad.count(); i++) {
      ranges.add(
          ByteRange.between(bad.start(i) * BadRange.SECTOR_SIZE, bad.end(i) * BadRange.SECTOR_SIZE),
          Kind.DATA,
          false,
          bad.device(i),
          bad.origin(i));
    }
    return ranges.finish();
  }

  private void add(ByteRange range, Kind kind, boolean shared, String device, long sector) {
    // The last sector belongs to the file even where the file ends inside it.
    long dataEnd = new ByteRange(0, size).alignedTo(BadRange.SECTOR_SIZE).end();
    if (range.offset() < dataEnd && range.end() > dataEnd) {
      long within = dataEnd - range.offset();
      add(new ByteRange(range.offset(), within), kind, shared, device, sector);
      add(
          ByteRange.between(dataEnd, range.end()),
          kind,
          shared,
          device,
          sector + within / BadRange.SECTOR_SIZE);
      return;
    }
    BadRange bad =
        BadRange.of(range, range.alignedTo(unit), range.offset() >= dataEnd ? Kind.PAST_END : kind)
            .withShared(shared)
            .withOrigin(device, sector);
    if (last != null && last.continues(bad)) {
      last = last.join(bad);
    } else {
      close();
      last = bad;
    }
  }

  private void close() {
    if (last != null) {
      ranges.add(last);
    }
  }

  private List<BadRange> finish() {
    close();
    return ranges;
  }
}
