package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the device and inode numbers from known attributes, if these have them. Remembers the start
 * of the last file's key, which the next file almost always shares. Not thread-safe.
 */
public final class FileKeys {
  /** How the JDK writes the key of a file: the device number in hexadecimal, and the inode. */
  private static final Pattern FILE_KEY = Pattern.compile("(\\(dev=([0-9a-f]+),)ino=\\d+\\)");

  private static final String INODE = "ino=";
  private static final long NONE = -1;

  private String lastKey;
  private long lastDevice;

  /** The device number as stat(2) packs it; -1 if the key does not have it. */
  public long device(BasicFileAttributes attributes) {
    String key = String.valueOf(attributes.fileKey());
    if (lastKey != null && key.startsWith(lastKey)) {
      return lastDevice;
    }
    Matcher matcher = FILE_KEY.matcher(key);
    if (!matcher.matches()) {
      return NONE;
    }
    lastKey = matcher.group(1);
    lastDevice = Long.parseUnsignedLong(matcher.group(2), 16);
    return lastDevice;
  }

  /** The inode number of a file whose {@link #device} was found. */
  public long inode(BasicFileAttributes attributes) {
    String key = attributes.fileKey().toString();
    return Long.parseLong(key, key.lastIndexOf(INODE) + INODE.length(), key.length() - 1, 10);
  }

  /** A device number as stat(2) packs it. */
  public static DeviceNumber unpack(long packed) {
    return new DeviceNumber(
        (int) ((packed >>> 8 & 0xFFF) | (packed >>> 32 & ~0xFFFL)),
        (int) ((packed & 0xFF) | (packed >>> 12 & ~0xFFL)));
  }
}
