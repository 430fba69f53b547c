package io.github.pmem2j.lucene;

import io.github.pmem2j.repair.ReadResult;
import io.github.pmem2j.repair.SalvageReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.IndexInput;

/**
 * Reads around the damage of a file. Only a read of a lost byte fails: unlike a {@code
 * BufferedIndexInput}, whose buffer is filled whole or not at all, this one ends its buffer before
 * the first lost byte.
 */
final class SalvageIndexInput extends IndexInput {
  private static final int BUFFER = 4096;

  private final Path file;
  private final SalvageReader reader;
  private final long start;
  private final long length;
  private boolean ownsReader;

  /** Begins at {@link #bufferStart}, ends with what could be read from there. */
  private ByteBuffer buffer;

  private long bufferStart;

  private SalvageIndexInput(
      String description, Path file, SalvageReader reader, long start, long length) {
    super(description);
    this.file = file;
    this.reader = reader;
    this.start = start;
    this.length = length;
    buffer = emptyBuffer();
  }

  static SalvageIndexInput open(Path file) throws IOException {
    SalvageReader reader = SalvageReader.open(file);
    try {
      String description = "SalvageIndexInput(path=\"" + file + "\")";
      SalvageIndexInput input = new SalvageIndexInput(description, file, reader, 0, reader.size());
      input.ownsReader = true;
      return input;
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static ByteBuffer emptyBuffer() {
    return ByteBuffer.allocate(BUFFER).limit(0);
  }

  @Override
  public byte readByte() throws IOException {
    if (!buffer.hasRemaining()) {
      fill();
    }
    return buffer.get();
  }

  @Override
  public void readBytes(byte[] target, int offset, int count) throws IOException {
    int done = 0;
    while (done < count) {
      if (!buffer.hasRemaining()) {
        fill();
      }
      int step = Math.min(count - done, buffer.remaining());
      buffer.get(target, offset + done, step);
      done += step;
    }
  }

  private void fill() throws IOException {
    long position = getFilePointer();
    if (position >= length) {
      throw new EOFException("read past EOF: " + this);
    }
    discardBuffer(position);
    long offset = start + position;
    buffer.clear().limit((int) Math.min(BUFFER, length - position));
    ReadResult salvaged;
    try {
      salvaged = reader.read(offset, buffer);
    } catch (IllegalStateException e) {
      throw new AlreadyClosedException("already closed: " + this, e);
    } finally {
      buffer.limit(0);
    }
    long readable =
        salvaged.complete() ? salvaged.length() : salvaged.lost().get(0).offset() - offset;
    if (readable > 0) {
      buffer.limit((int) readable).position(0);
    } else if (salvaged.complete()) {
      throw new EOFException("the file was truncated: " + this);
    } else {
      throw new CorruptIndexException("the medium has lost " + salvaged.lost(), file.toString());
    }
  }

  private void discardBuffer(long position) {
    bufferStart = position;
    buffer.limit(0);
  }

  @Override
  public long getFilePointer() {
    return bufferStart + buffer.position();
  }

  @Override
  public void seek(long position) throws IOException {
    if (position < 0 || position > length) {
      throw new EOFException("seek to " + position + " past EOF: " + this);
    }
    if (position >= bufferStart && position < bufferStart + buffer.limit()) {
      buffer.position((int) (position - bufferStart));
    } else {
      discardBuffer(position);
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public IndexInput slice(String description, long offset, long count) {
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IllegalArgumentException(
          "slice " + description + " at " + offset + " of " + count + " bytes ends after " + this);
    }
    return new SalvageIndexInput(
        getFullSliceDescription(description), file, reader, start + offset, count);
  }

  @Override
  public SalvageIndexInput clone() {
    SalvageIndexInput clone = (SalvageIndexInput) super.clone();
    clone.ownsReader = false;
    clone.buffer = emptyBuffer();
    clone.bufferStart = getFilePointer();
    return clone;
  }

  @Override
  public void close() {
    if (ownsReader) {
      reader.close();
    }
  }
}
