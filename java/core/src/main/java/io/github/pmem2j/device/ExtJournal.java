package io.github.pmem2j.device;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.DeviceNode;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The journal of ext4: an inode without a name, whose extents are copied to the superblock
 * (Documentation/filesystems/ext4 of the kernel: super.rst, ifork.rst).
 */
final class ExtJournal {
  private static final int READ = 4096;
  private static final int SUPERBLOCK = 1024;
  private static final int LOG_BLOCK_SIZE = SUPERBLOCK + 0x18;
  private static final int MAGIC = SUPERBLOCK + 0x38;
  private static final int FEATURES = SUPERBLOCK + 0x5C;
  private static final int HAS_JOURNAL = 0x4;
  private static final int BACKUP_TYPE = SUPERBLOCK + 0xFD;
  private static final int BACKUP_OF_BLOCKS = 1;

  /** The header of an extent tree: magic, entries, capacity, depth, generation. */
  private static final int TREE = SUPERBLOCK + 0x10C;

  private static final short TREE_MAGIC = (short) 0xF30A;
  private static final int MAX_ENTRIES = 4;
  private static final int ENTRY = 12;
  private static final int MAX_LENGTH = 1 << 15;

  private ExtJournal() {}

  /** Its ranges on the device; none if they are unknown. */
  static List<ByteRange> find(DeviceNumber device, Host host) {
    ByteBuffer start = ByteBuffer.allocate(READ).order(ByteOrder.LITTLE_ENDIAN);
    try (Descriptor node = DeviceNode.openDirect(device, host)) {
      return node != null && FileIo.read(node, start, 0) == READ ? parse(start) : List.of();
    } catch (IOException e) {
      return List.of(); // Then the description is only "not known".
    }
  }

  /** Reads them from the first bytes of the device. */
  static List<ByteRange> parse(ByteBuffer start) {
    int logSize = start.getInt(LOG_BLOCK_SIZE);
    int entries = start.getShort(TREE + 2);
    boolean readable =
        Short.toUnsignedInt(start.getShort(MAGIC)) == FileSystemType.EXT_MAGIC
            && (start.getInt(FEATURES) & HAS_JOURNAL) != 0
            && start.get(BACKUP_TYPE) == BACKUP_OF_BLOCKS
            && start.getShort(TREE) == TREE_MAGIC
            && start.getShort(TREE + 6) == 0 // extents, and no other level
            && logSize >= 0
            && logSize <= 6
            && entries >= 0
            && entries <= MAX_ENTRIES;
    List<ByteRange> ranges = new ArrayList<>();
    for (int i = 1; readable && i <= entries; i++) {
      int entry = TREE + i * ENTRY;
      long length = start.getShort(entry + 4) & 0xFFFF;
      long high = start.getShort(entry + 6) & 0xFFFF;
      long block = high << 32 | start.getInt(entry + 8) & 0xFFFFFFFFL;
      long size = 1024L << logSize;
      if (length > 0 && length <= MAX_LENGTH && block > 0) {
        ranges.add(new ByteRange(block * size, length * size));
      }
    }
    return ranges;
  }
}
