package io.github.pmem2j.emulated;

import java.io.IOException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/** A directory that knows whether Lucene has asked for a byte of one sector of one file. */
final class ReadRecorder extends FilterDirectory {
  private final String name;
  private final Sectors sector;
  private boolean read;

  ReadRecorder(Directory in, String name, Sectors sector) {
    super(in);
    this.name = name;
    this.sector = sector;
  }

  /** Work that reads the index. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /** Whether work reads any byte of the sector. */
  boolean readBy(Work work) throws IOException {
    read = false;
    work.run();
    return read;
  }

  @Override
  public IndexInput openInput(String opened, IOContext context) throws IOException {
    IndexInput input = super.openInput(opened, context);
    return opened.equals(name) ? new Input(input, 0) : input;
  }

  private final class Input extends IndexInput {
    private IndexInput in;
    private final long start;

    Input(IndexInput in, long start) {
      super(in.toString());
      this.in = in;
      this.start = start;
    }

    private void record(long count) {
      long from = start + in.getFilePointer();
      long end = sector.offset() + sector.length();
      read |= count > 0 && from < end && sector.offset() < from + count;
    }

    @Override
    public byte readByte() throws IOException {
      record(1);
      return in.readByte();
    }

    @Override
    public void readBytes(byte[] target, int offset, int count) throws IOException {
      record(count);
      in.readBytes(target, offset, count);
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public long getFilePointer() {
      return in.getFilePointer();
    }

    @Override
    public long length() {
      return in.length();
    }

    @Override
    public IndexInput slice(String description, long offset, long count) throws IOException {
      return new Input(in.slice(description, offset, count), start + offset);
    }

    @Override
    public IndexInput clone() {
      Input clone = (Input) super.clone();
      clone.in = in.clone();
      return clone;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
