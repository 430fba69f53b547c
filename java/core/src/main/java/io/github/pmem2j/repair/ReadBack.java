package io.github.pmem2j.repair;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads back what was just written, past the page cache if the file system can. */
final class ReadBack implements AutoCloseable {
  private final Descriptor file;

  /**
   * Reads only whole blocks, because the next one may be bad. Some file systems have odd block
   * sizes.
   */
  private final int block;

  private final Descriptor reading;
  private final boolean direct;

  ReadBack(Descriptor file) throws IOException {
    this.file = file;
    this.block = (int) Math.min(FileIo.PAGE, Math.max(BadRange.SECTOR_SIZE, file.blockSize()));
    Descriptor past = openDirect(file);
    this.direct = past != null;
    this.reading = direct ? past : file.reopen(Descriptor.Mode.READ);
  }

  /** Opens a file to read past the page cache; null if the file system does not support that. */
  static Descriptor openDirect(Descriptor file) throws IOException {
    try {
      return file.reopen(Descriptor.Mode.READ, Descriptor.Mode.DIRECT);
    } catch (IOException e) {
      requireUnsupported(e);
      return null;
    }
  }

  static void requireUnsupported(IOException e) throws IOException {
    if (!NativeError.errnoName(e).equals("EINVAL")) {
      throw e;
    }
  }

  /** Once; as {@link #read(long, int)}. */
  static byte[] read(Descriptor file, long offset, int length) throws IOException {
    try (ReadBack readBack = new ReadBack(file)) {
      return readBack.read(offset, length);
    }
  }

  /**
   * The bytes, fewer than {@code length} at the end of the file. The offset must be the start of a
   * block.
   */
  byte[] read(long offset, int length) throws IOException {
    try {
      return readAll(reading, offset, length);
    } catch (IOException e) {
      requireUnsupported(e);
      if (!direct) {
        throw e;
      }
    }
    try (Descriptor cached = file.reopen(Descriptor.Mode.READ)) {
      return readAll(cached, offset, length);
    }
  }

  private byte[] readAll(Descriptor from, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((length + block - 1) / block * block);
    while (buffer.position() < length) {
      int count = FileIo.read(from, buffer, offset + buffer.position());
      if (count == FileIo.UNREADABLE) {
        throw new UnreadableException(
            file.path(),
            RangeSet.of(new ByteRange(offset + buffer.position(), buffer.remaining())));
      }
      if (count == 0 || buffer.position() % block != 0) {
        break;
      }
    }
    byte[] bytes = new byte[Math.min(length, buffer.position())];
    buffer.flip().get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    reading.close();
  }
}
