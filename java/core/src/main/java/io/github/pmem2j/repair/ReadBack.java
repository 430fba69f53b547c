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

/** Reads what was just written from the medium: past the page cache if the file system can. */
final class ReadBack {
  private ReadBack() {}

  /**
   * The bytes; fewer than {@code length} where the file ends. The offset is where a block begins.
   */
  static byte[] read(Descriptor file, long offset, int length) throws IOException {
    try (Descriptor direct = file.reopen(Descriptor.Mode.READ, Descriptor.Mode.DIRECT)) {
      return readAll(direct, offset, length);
    } catch (IOException e) {
      if (!NativeError.errnoName(e).equals("EINVAL")) {
        throw e;
      }
    }
    try (Descriptor cached = file.reopen(Descriptor.Mode.READ)) {
      return readAll(cached, offset, length);
    }
  }

  private static byte[] readAll(Descriptor file, long offset, int length) throws IOException {
    // Whole blocks, and no more: the next one may be bad. Some file systems have odd ones.
    long unit = Math.max(BadRange.SECTOR_SIZE, file.blockSize());
    int block = (int) Math.min(FileIo.PAGE, unit);
    ByteBuffer buffer = ByteBuffer.allocate((length + block - 1) / block * block);
    while (buffer.position() < length) {
      int count = FileIo.read(file, buffer, offset + buffer.position());
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
}
