package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A regular file: its file system has other blocks. */
final class FileTarget implements RepairTarget {
  private final Descriptor file;

  FileTarget(Descriptor file) {
    this.file = file;
  }

  /** The pmem driver clears poison below a write of whole pages, if the bus can. */
  @Override
  public boolean overwrite(ByteRange blocks, ByteBuffer bytes) throws IOException {
    int page = DamagedFile.PAGE;
    if (blocks.offset() % page != 0 || bytes.remaining() % page != 0) {
      return false;
    }
    try {
      FileIo.write(file, bytes, blocks.offset());
      FileIo.sync(file);
      return true;
    } catch (IOException e) {
      if (RepairTarget.isMediaError(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void clear(ByteRange blocks, RepairStep.Hook hook) throws IOException {
    FileIo.punch(file, blocks.offset(), blocks.length());
    hook.after(RepairStep.PUNCHED);
    allocate(blocks, hook);
  }

  @Override
  public void allocate(ByteRange blocks, RepairStep.Hook hook) throws IOException {
    FileIo.allocate(file, blocks.offset(), blocks.length());
    hook.after(RepairStep.ALLOCATED);
  }

  @Override
  public void write(long offset, ByteBuffer bytes) throws IOException {
    FileIo.write(file, bytes, offset);
  }

  @Override
  public void sync() throws IOException {
    FileIo.sync(file);
  }

  @Override
  public byte[] readBack(long offset, int length) throws IOException {
    return ReadBack.read(file, offset, length);
  }

  @Override
  public void close() {
    file.close();
  }
}
