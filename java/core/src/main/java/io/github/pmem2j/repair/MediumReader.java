package io.github.pmem2j.repair;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a file from its medium if its file system supports that, else through the page cache. */
final class MediumReader implements AutoCloseable {
  private final Descriptor cached;
  private final boolean dax;

  /** Null if the file system does not support O_DIRECT. */
  private final Descriptor direct;

  /** Whether bytes came from the page cache. */
  private boolean usedCache;

  MediumReader(Descriptor file, boolean dax) throws IOException {
    this.cached = file;
    this.dax = dax;
    this.direct = dax ? null : ReadBack.openDirect(file);
  }

  /** As {@link FileIo#read}. */
  int read(ByteBuffer target, long offset) throws IOException {
    if (direct != null) {
      try {
        return FileIo.read(direct, target, offset);
      } catch (IOException e) {
        ReadBack.requireUnsupported(e); // not aligned, or at the end of the file
      }
    }
    int count = FileIo.read(cached, target, offset);
    usedCache |= count > 0;
    return count;
  }

  ReadMethod method() {
    if (dax) {
      return ReadMethod.DAX;
    }
    return direct == null || usedCache ? ReadMethod.CACHE : ReadMethod.DIRECT;
  }

  @Override
  public void close() {
    if (direct != null) {
      direct.close();
    }
  }
}
