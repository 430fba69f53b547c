package io.github.pmem2j.repair;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a file can be read: in the page cache, on the medium, on the device below. Not
 * thread-safe.
 */
final class ReadSources implements AutoCloseable {
  private final Descriptor file;
  private final ScannedHost host;

  /** The file, past the page cache; null until it is needed. */
  private Descriptor direct;

  private final ByteBuffer page = ByteBuffer.allocate(FileIo.PAGE);

  /** Null until it is needed, and where it is of no use. */
  private DeviceSectors sectors;

  private boolean sectorsOpened;

  /** While a verification reads from the medium; else null. */
  private MediumReader medium;

  /** How many verifications read from the medium: several threads may verify at a time. */
  private int verifications;

  ReadSources(Descriptor file, ScannedHost host) {
    this.file = file;
    this.host = host;
  }

  /** Has {@link #read} read from the medium from now on, where the file system can. */
  void askMedium(boolean dax) throws IOException {
    if (medium == null) {
      medium = new MediumReader(file, dax);
    }
    verifications++;
  }

  /** Has {@link #read} use the page cache again, and returns how it read until now. */
  ReadMethod askCache() {
    ReadMethod method = medium.method();
    if (--verifications == 0) {
      medium.close();
      medium = null;
    }
    return method;
  }

  /** As {@link FileIo#read}. */
  int read(ByteBuffer target, long offset) throws IOException {
    return medium == null ? FileIo.read(file, target, offset) : medium.read(target, offset);
  }

  /** Reads at most a page past the page cache; what it returns is valid until the next call. */
  ByteBuffer readDirect(long offset, int length) throws IOException {
    if (direct == null) {
      direct = file.reopen(Descriptor.Mode.READ, Descriptor.Mode.DIRECT);
    }
    FileIo.read(direct, page.clear().limit(length), offset);
    return page.flip();
  }

  /** The device below, or null where it is of no use. */
  DeviceSectors sectors() {
    if (!sectorsOpened) {
      sectors = DeviceSectors.open(file, host);
      sectorsOpened = true;
    }
    return sectors;
  }

  /** Closes what it opened itself. */
  @Override
  public void close() {
    if (sectors != null) {
      sectors.close();
    }
    if (direct != null) {
      direct.close();
    }
    if (medium != null) {
      medium.close();
    }
  }
}
