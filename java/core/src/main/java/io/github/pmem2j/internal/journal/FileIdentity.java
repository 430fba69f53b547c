package io.github.pmem2j.internal.journal;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;

/**
 * Identifies the file of a journal. The device number is only informative: it may change at a boot.
 *
 * @param inode the inode's number
 * @param generation the inode's generation, or -1 where the file system has none
 * @param device MAJOR:MINOR of the file system; of a dax device, whose inode does not persist, the
 *     uuid of its namespace
 * @param size the file's size in bytes
 */
public record FileIdentity(long inode, long generation, String device, long size) {
  public static FileIdentity of(Descriptor file) throws IOException {
    FileStatus status = file.status();
    if (status.type() == FileStatus.Type.CHARACTER_DEVICE) {
      DaxIdentity device = DaxIdentity.of(file);
      return new FileIdentity(0, -1, device.uuid(), device.size());
    }
    return new FileIdentity(
        status.inode(),
        FileIo.generation(file).orElse(-1),
        status.device().toString(),
        status.size());
  }

  public boolean sameFile(FileIdentity other) {
    boolean samePlace = inode != 0 || (device.equals(other.device) && size == other.size);
    return inode == other.inode
        && samePlace
        && (generation == other.generation || generation < 0 || other.generation < 0);
  }
}
