package io.github.pmem2j.emulated;

import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes the free space of a file system.
 *
 * @param mount where it is mounted
 */
record DiskSpace(Path mount) {
  private static final String FILL = "fill";

  /** Fills it, but for some blocks. */
  void fill(int blocksToSpare) {
    try {
      Path spare = mount.resolve("spare");
      if (blocksToSpare > 0) {
        Command.run("fallocate", "-l", blocksToSpare * store().getBlockSize(), spare);
      }
      take(store().getUnallocatedSpace());
      Command.run("rm", "-f", spare);
      Command.run("sync", "-f", mount);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes what is not reserved for root. */
  void fillForUsers() {
    try {
      long usable = store().getUsableSpace();
      Command.run("fallocate", "-l", usable, mount.resolve(FILL));
      Command.run("sync", "-f", mount);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Allocates all that there is, in ever smaller parts. */
  private void take(long free) throws IOException {
    Path fill = mount.resolve(FILL + Files.exists(mount.resolve(FILL)));
    Files.createFile(fill);
    try (Descriptor file = Descriptor.open(fill, Descriptor.Mode.WRITE)) {
      long at = 0;
      long block = store().getBlockSize();
      for (long part = Math.max(free, block); part >= block; ) {
        try {
          FileIo.allocate(file, at, part);
          at += part;
        } catch (IOException e) {
          if (!NativeError.errnoName(e).equals("ENOSPC")) {
            throw e;
          }
          part = part > block ? Math.max(part / 2 / block * block, block) : 0;
        }
      }
      FileIo.sync(file);
    }
  }

  private FileStore store() throws IOException {
    return Files.getFileStore(mount);
  }

  /** The files that fill it. */
  List<Path> files() {
    return Sysfs.list(mount, FILL + ".*");
  }

  /** Deletes them. */
  void release() {
    for (Path file : files()) {
      Command.run("rm", file);
    }
    Command.run("sync", "-f", mount);
  }
}
