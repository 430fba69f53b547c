package io.github.pmem2j;

import java.util.Objects;

/**
 * A part of a file or device that is lost to a media error. Immutable and thread-safe. All offsets
 * and lengths are bytes.
 */
public final class BadRange {
  /** The size of a sector, the unit in which the kernel lists errors. */
  public static final int SECTOR_SIZE = 512;

  private final ByteRange range;
  private final ByteRange blocks;
  private final Kind kind;
  private final boolean shared;
  private final String device;
  private final long deviceSector;

  /** The content of a bad range. */
  public enum Kind {
    /** Data of the file. */
    DATA,
    /** Nothing: the blocks are allocated and were never written. They read as zeros. */
    UNWRITTEN,
    /** Nothing: the blocks are allocated past the end of the file. */
    PAST_END,
    /**
     * Data of the file that an interrupted repair has cleared and not restored yet: it reads as
     * zeros. Only the repair's journal lists it; the device reports it as healthy.
     */
    ZEROED
  }

  private BadRange(
      ByteRange range,
      ByteRange blocks,
      Kind kind,
      boolean shared,
      String device,
      long deviceSector) {
    if (range.isEmpty() || !blocks.contains(range) || deviceSector < 0) {
      throw new IllegalArgumentException(
          "not a bad range: " + range + " in blocks " + blocks + ", sector " + deviceSector);
    }
    this.range = range;
    this.blocks = blocks;
    this.kind = Objects.requireNonNull(kind, "kind");
    this.shared = shared;
    this.device = Objects.requireNonNull(device, "device");
    this.deviceSector = deviceSector;
  }

  /**
   * A bad range that is not shared and has no known device.
   *
   * @param range the lost bytes, not empty; a device loses whole sectors
   * @param blocks the file system's blocks that hold them, which clearing replaces as a whole
   * @param kind what the range held
   * @return the bad range
   * @throws IllegalArgumentException if {@code range} is empty or not within {@code blocks}
   */
  public static BadRange of(ByteRange range, ByteRange blocks, Kind kind) {
    return new BadRange(range, blocks, kind, false, "", 0);
  }

  /**
   * The same bad range on a device.
   *
   * @param name the device's name, as in {@code /sys/block}
   * @param sector the start of {@link #range()} on the device, in sectors of {@link #SECTOR_SIZE}
   * @return the bad range
   * @throws IllegalArgumentException if {@code sector} is negative
   */
  public BadRange withOrigin(String name, long sector) {
    Objects.requireNonNull(name, "name");
    return new BadRange(range, blocks, kind, shared, name, sector);
  }

  /**
   * The same bad range, shared or not.
   *
   * @param isShared what {@link #shared()} returns
   * @return the bad range
   */
  public BadRange withShared(boolean isShared) {
    return new BadRange(range, blocks, kind, isShared, device, deviceSector);
  }

  /**
   * A part of this bad range, with its location on the device.
   *
   * @param part the part, of which at least one byte is in {@link #range()}
   * @param partBlocks the blocks that hold it
   * @param partKind what the part held
   * @return the bad range
   * @throws IllegalArgumentException if no byte of {@code part} is in this range
   */
  public BadRange slice(ByteRange part, ByteRange partBlocks, Kind partKind) {
    Objects.requireNonNull(partKind, "partKind");
    Objects.requireNonNull(partBlocks, "partBlocks");
    ByteRange cut = range.intersect(part);
    long distance = (cut.offset() - range.offset()) / SECTOR_SIZE;
    return new BadRange(cut, partBlocks, partKind, shared, device, deviceSector + distance);
  }

  /**
   * Whether another bad range continues this one, in the file and on the device.
   *
   * @param next the other
   * @return true if {@link #join} can join them
   */
  public boolean continues(BadRange next) {
    return range.end() == next.range.offset()
        && kind == next.kind
        && shared == next.shared
        && device.equals(next.device)
        && deviceSector * SECTOR_SIZE + range.length() == next.deviceSector * SECTOR_SIZE;
  }

  /**
   * Joins this bad range and one that continues it.
   *
   * @param next the other
   * @return the bad range
   * @throws IllegalArgumentException if it does not continue this one
   */
  public BadRange join(BadRange next) {
    if (!continues(next)) {
      throw new IllegalArgumentException(next + " does not continue " + this);
    }
    return new BadRange(
        ByteRange.between(range.offset(), next.range.end()),
        ByteRange.between(blocks.offset(), next.blocks.end()),
        kind,
        shared,
        device,
        deviceSector);
  }

  /** {@return the range of the lost bytes in the file or device} */
  public ByteRange range() {
    return range;
  }

  /** {@return the range of the lost bytes on {@link #device()}} */
  public ByteRange deviceRange() {
    return new ByteRange(deviceSector * SECTOR_SIZE, range.length());
  }

  /** {@return the offset of {@link #range()}: the first lost byte} */
  public long offset() {
    return range.offset();
  }

  /** {@return the length of {@link #range()}, in bytes} */
  public long length() {
    return range.length();
  }

  /** {@return the end of {@link #range()}: the byte after the last lost one} */
  public long end() {
    return range.end();
  }

  /**
   * The file system's blocks that hold the lost bytes: clearing zeroes all of them.
   *
   * @return their range in the file or device
   */
  public ByteRange blocks() {
    return blocks;
  }

  /** {@return what the range held} */
  public Kind kind() {
    return kind;
  }

  /**
   * Whether the file shares the blocks with another file, or with another offset of its own:
   * clearing them here does not clear them there.
   *
   * @return true if they are shared
   */
  public boolean shared() {
    return shared;
  }

  /**
   * The device that has the error.
   *
   * @return its name, as in {@code /sys/block}, or that of the dax device; "" if only a journal
   *     lists the range
   */
  public String device() {
    return device;
  }

  /** {@return the start of the range on {@link #device()}, in sectors of {@link #SECTOR_SIZE}} */
  public long deviceSector() {
    return deviceSector;
  }

  /**
   * Compares two bad ranges.
   *
   * @param other the other
   * @return true if all their properties are equal
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof BadRange bad
        && range.equals(bad.range)
        && blocks.equals(bad.blocks)
        && kind == bad.kind
        && shared == bad.shared
        && device.equals(bad.device)
        && deviceSector == bad.deviceSector;
  }

  /** {@return a value consistent with {@link #equals}} */
  @Override
  public int hashCode() {
    return Objects.hash(range, blocks, kind, shared, device, deviceSector);
  }

  /** {@return a text for messages: the lost bytes, what they held, and the device} */
  @Override
  public String toString() {
    return kind
        + " "
        + range.offset()
        + "+"
        + range.length()
        + " in blocks "
        + blocks.offset()
        + "+"
        + blocks.length()
        + (shared ? ", shared" : "")
        + (device.isEmpty() ? "" : ", sector " + deviceSector + " of " + device);
  }
}
