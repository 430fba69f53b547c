package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.Descriptor;
import io.github.pmem2j.internal.FileIo;
import io.github.pmem2j.internal.FileStatus;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * Which file a journal is of. The device's number is for the reader alone: it may be another one
 * after a boot.
 *
 * @param inode the inode's number
 * @param generation the inode's generation, or -1 where the file system tells none
 * @param device MAJOR:MINOR of the file system, or of a device file
 * @param size the file's size in bytes
 */
record Identity(long inode, long generation, String device, long size) {
  static Identity of(Descriptor file) throws IOException {
    FileStatus status = file.status();
    boolean regular = status.type() == FileStatus.Type.REGULAR;
    OptionalLong generation = regular ? FileIo.generation(file) : OptionalLong.empty();
    return new Identity(
        // A device file is made anew at each boot.
        regular ? status.inode() : 0,
        generation.orElse(-1),
        (regular ? status.device() : status.specialDevice()).toString(),
        status.size());
  }

  boolean sameFile(Identity other) {
    return inode == other.inode
        && (generation == other.generation || generation < 0 || other.generation < 0);
  }
}
