package io.github.pmem2j.device;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.SpaceMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file system's report on its space (GETFSMAP): which of the bad sectors are free, or hold its
 * metadata or log, and on XFS with {@code rmapbt} also the inodes of the others.
 */
final class SpaceOwners {
  /** A special owner of a record: the file system's letter and a number. */
  private static final int TYPE_SHIFT = 32;

  private static final long FREE = 1;
  private static final long UNKNOWN = 2;
  private static final char EXT4 = 'f';
  private static final char XFS = 'X';

  private final DeviceNumber device;
  private final BadSectors bad;
  private final RangeOwners claims;
  private final RangeSet.Builder claimed = RangeSet.builder();
  private final Map<Long, List<InodePart>> inodes = new HashMap<>();

  SpaceOwners(DeviceNumber device, BadSectors bad, RangeOwners claims) {
    this.device = device;
    this.bad = bad;
    this.claims = claims;
  }

  /** The part of an inode that a range of the device holds. */
  enum Part {
    DATA,
    UNWRITTEN,
    ATTRIBUTES,
    EXTENT_MAP
  }

  /**
   * A bad range of an inode.
   *
   * @param range on the device
   * @param part what it holds
   * @param offset the offset in the file, if it is data
   */
  record InodePart(ByteRange range, Part part, long offset) {}

  /** Reads the map up to the last bad sector. */
  void read(Descriptor root) throws IOException {
    SpaceMap map = new SpaceMap();
    long end = bad.end(bad.count() - 1) * BadRange.SECTOR_SIZE;
    long reached = 0;
    do {
      root.spaceMap(map);
      for (int i = 0; i < map.count(); i++) {
        if (map.device(i).equals(device)) {
          reached = map.physical(i);
          record(map, i);
        }
      }
    } while (!map.end() && reached < end);
  }

  private void record(SpaceMap map, int i) {
    ByteRange range = new ByteRange(map.physical(i), map.length(i));
    int first = bad.firstEndingAfter(range.offset() / BadRange.SECTOR_SIZE);
    if (first == bad.count() || bad.start(first) * BadRange.SECTOR_SIZE >= range.end()) {
      return;
    }
    if (map.special(i)) {
      BadBlockOwner owner = special(map.owner(i));
      if (owner != null) {
        claimed.addAll(claims.add(bad, range, owner));
      }
      return;
    }
    Part part =
        map.extentMap(i)
            ? Part.EXTENT_MAP
            : map.attributes(i) ? Part.ATTRIBUTES : map.unwritten(i) ? Part.UNWRITTEN : Part.DATA;
    InodePart owned = new InodePart(range, part, map.offset(i));
    inodes.computeIfAbsent(map.owner(i), key -> new ArrayList<>()).add(owned);
    // Replaced once the name is found.
    BadBlockOwner nameless =
        BadBlockOwner.of(
            Kind.UNKNOWN,
            "inode "
                + map.owner(i)
                + ", whose name was not found: it may be deleted and still open, hidden below"
                + " another mount, or the file system's own (quota)");
    claimed.addAll(claims.add(bad, range, nameless));
  }

  private static BadBlockOwner special(long owner) {
    char type = (char) (owner >>> TYPE_SHIFT);
    int code = (int) owner;
    if (type == EXT4) {
      return ext4(code);
    }
    if (type == XFS) {
      return xfs(code);
    }
    if (code == FREE) {
      return BadBlockOwner.of(Kind.FREE, "");
    }
    return code == UNKNOWN ? null : BadBlockOwner.of(Kind.METADATA, "");
  }

  /** {@code EXT4_FMR_OWN_} of the kernel's fs/ext4/fsmap.h, except those that XFS also has. */
  private static BadBlockOwner ext4(int code) {
    return BadBlockOwner.of(
        Kind.METADATA,
        switch (code) {
          case 1 -> "group descriptors";
          case 2 -> "reserved group descriptors";
          case 3 -> "block bitmap";
          case 4 -> "inode bitmap";
          default -> "";
        });
  }

  /** {@code XFS_FMR_OWN_} of the kernel's fs/xfs/libxfs/xfs_fs.h. */
  private static BadBlockOwner xfs(int code) {
    return switch (code) {
      case 2 -> BadBlockOwner.of(Kind.LOG, "");
      case 7 -> BadBlockOwner.of(Kind.FREE, "reserved for copy on write");
      default ->
          BadBlockOwner.of(
              Kind.METADATA,
              switch (code) {
                case 1 -> "superblock and group headers";
                case 3 -> "free space or reverse mapping";
                case 4 -> "inode index";
                case 5 -> "inodes";
                case 6 -> "reference counts";
                case 8 -> "marked as defective";
                default -> "";
              });
    };
  }

  /** The bad bytes of the device whose owner or inode is known. */
  RangeSet claimed() {
    return claimed.build();
  }

  /** The inodes whose names are needed, and their bad ranges. */
  Map<Long, List<InodePart>> inodes() {
    return inodes;
  }
}
