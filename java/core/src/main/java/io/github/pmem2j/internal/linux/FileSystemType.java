package io.github.pmem2j.internal.linux;

/** Where a file system of a type keeps its files. */
public enum FileSystemType {
  /** Everything is on the device that {@code st_dev} names: ext2, ext3, ext4, FAT. */
  ONE_DEVICE("one device"),
  /** Likewise, but its extents may not locate single bytes: SquashFS, ISO 9660, NTFS. */
  ONE_DEVICE_UNMAPPED("a file system whose extents are not known"),
  /** On that device, or on the realtime device. */
  XFS("XFS"),
  /** In the page cache only, or files without storage. */
  MEMORY("memory"),
  OVERLAY("overlayfs"),
  BTRFS("btrfs"),
  NFS("NFS"),
  NINE_P("9p"),
  FUSE("FUSE"),
  CIFS("CIFS"),
  CEPH("Ceph"),
  UNKNOWN("an unknown file system");

  /** The magic number of ext2, ext3 and ext4, which their superblock holds, too. */
  public static final int EXT_MAGIC = 0xEF53;

  public static final int XFS_MAGIC = 0x58465342;

  private final String text;

  FileSystemType(String text) {
    this.text = text;
  }

  /** From a constant of {@code linux/magic.h}. */
  public static FileSystemType of(long magic) {
    return switch ((int) magic) {
      case EXT_MAGIC, 0x4D44, 0x2011BAB0 -> ONE_DEVICE;
      case 0x73717368, // SquashFS
          0x9660, // ISO 9660
          0x15013346, // UDF
          0x7366746E, // NTFS
          0x28CD3D45, // cramfs
          0x3434, // NILFS
          0x52654973, // ReiserFS
          0x7461636F, // OCFS2
          0x137F, // Minix
          0x138F,
          0x2468,
          0x2478,
          0x4D5A ->
          ONE_DEVICE_UNMAPPED;
      case XFS_MAGIC -> XFS;
      case 0x01021994,
          0x858458F6,
          0x958458F6,
          0x9FA0,
          0x62656572,
          0x64626720,
          0x27E0EB,
          0x63677270 ->
          MEMORY;
      case 0x794C7630 -> OVERLAY;
      case 0x9123683E -> BTRFS;
      case 0x6969 -> NFS;
      case 0x01021997 -> NINE_P;
      case 0x65735546 -> FUSE;
      case 0xFF534D42, 0xFE534D42 -> CIFS;
      case 0x00C36400 -> CEPH;
      default -> UNKNOWN;
    };
  }

  /** Whether nothing else than the device that {@code st_dev} names can hold its files. */
  public boolean onOneDevice() {
    return this == ONE_DEVICE || this == ONE_DEVICE_UNMAPPED;
  }

  /** Its name for messages. */
  @Override
  public String toString() {
    return text;
  }
}
