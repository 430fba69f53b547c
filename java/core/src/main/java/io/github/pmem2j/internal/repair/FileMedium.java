package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A regular file: its file system has other blocks. */
final class FileMedium implements Medium {
  private final Descriptor file;

  FileMedium(Descriptor file) {
    this.file = file;
  }

  /** The pmem driver clears poison below a write of whole pages, if the bus can. */
  @Override
  public boolean overwrite(Range blocks, ByteBuffer bytes) throws IOException {
    int page = DamagedFile.PAGE;
    if (blocks.offset() % page != 0 || bytes.remaining() % page != 0) {
      return false;
    }
    try {
      FileIo.write(file, bytes, blocks.offset());
      FileIo.sync(file);
      return true;
    } catch (IOException e) {
      if (Medium.isMediaError(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void clear(Range blocks, Step.Hook hook) throws IOException {
    FileIo.punch(file, blocks.offset(), blocks.length());
    hook.after(Step.PUNCHED);
    allocate(blocks, hook);
  }

  @Override
  public void allocate(Range blocks, Step.Hook hook) throws IOException {
    FileIo.allocate(file, blocks.offset(), blocks.length());
    hook.after(Step.ALLOCATED);
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
