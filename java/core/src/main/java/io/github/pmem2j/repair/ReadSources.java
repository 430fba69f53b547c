package io.github.pmem2j.repair;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The places from which a file's bytes can be read: the page cache, the medium, the device below.
 * Not thread-safe.
 */
final class ReadSources implements AutoCloseable {
  private final Descriptor file;
  private final ScannedHost host;

  /** The file, past the page cache; null until it is needed. */
  private Descriptor direct;

  private final ByteBuffer page = ByteBuffer.allocate(FileIo.PAGE);

  /** Null until needed, or if unusable. */
  private DeviceSectors sectors;

  private boolean sectorsOpened;

  /** Null unless a verification is running. */
  private MediumReader medium;

  /** Whether the current read belongs to a verification; other reads use the page cache. */
  private boolean fromMedium;

  /** How many verifications read from the medium: several threads may verify at a time. */
  private int verifications;

  ReadSources(Descriptor file, ScannedHost host) {
    this.file = file;
    this.host = host;
  }

  /** Begins a verification. */
  void beginVerification(boolean dax) throws IOException {
    if (medium == null) {
      medium = new MediumReader(file, dax);
    }
    verifications++;
  }

  /** Ends a verification, and returns what its reads reached. */
  ReadMethod endVerification() {
    ReadMethod method = medium.method();
    if (--verifications == 0) {
      medium.close();
      medium = null;
    }
    return method;
  }

  /** Whether {@link #read} reads from the medium from now on, if the file system supports that. */
  void fromMedium(boolean whether) {
    fromMedium = whether;
  }

  /** As {@link FileIo#read}. */
  int read(ByteBuffer target, long offset) throws IOException {
    return fromMedium ? medium.read(target, offset) : FileIo.read(file, target, offset);
  }

  /** Reads at most a page past the page cache; what it returns is valid until the next call. */
  ByteBuffer readDirect(long offset, int length) throws IOException {
    if (direct == null) {
      direct = file.reopen(Descriptor.Mode.READ, Descriptor.Mode.DIRECT);
    }
    FileIo.read(direct, page.clear().limit(length), offset);
    return page.flip();
  }

  /** The device below, or null if it is unusable. */
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
