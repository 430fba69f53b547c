package io.github.pmem2j.repair;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads a file around its damage, on any file system. It never maps the file, so a media error
 * never causes SIGBUS; <a href="https://man7.org/linux/man-pages/man2/pread.2.html">pread(2)</a>
 * fails with EIO, and the lost ranges are returned.
 *
 * <p>Ranges that {@link BadBlockScanner} reports as lost are not read. Unreported errors are
 * located page by page. Bytes that the page cache loses together with the damage are read past it,
 * by the sector. A DAX file has no page cache, and a bad sector fails reads of its whole page. If
 * this user can read the device below, and that certainly holds the file's bytes (on ext2, ext3,
 * ext4 and XFS), the good sectors of the page are read from there, and used only if the file has
 * not moved meanwhile. Otherwise the whole page is lost. Ranges that an interrupted {@link
 * BadBlockRepair} has zeroed count as lost, although they can be read; if they are unknown, opening
 * fails.
 *
 * <p>Thread-safe; reads wait for each other. After {@link #close()}, every other method throws
 * {@link IllegalStateException}.
 */
public final class SalvageReader implements AutoCloseable {
  private static final long VERIFIED_AT_ONCE = 1 << 20;

  private final DamagedFile file;
  private volatile ReadMethod verifiedBy;

  private SalvageReader(DamagedFile file) {
    this.file = file;
  }

  /**
   * Opens a file and scans it.
   *
   * @param path a regular file or block device
   * @return its reader
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws java.nio.file.AccessDeniedException if permission is denied
   * @throws java.nio.file.FileSystemException if it is neither a regular file nor a block device
   * @throws IOException if it cannot be opened
   */
  public static SalvageReader open(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    return open(path, ScannedHost.of(path));
  }

  /** Opens a copy to restore from, unless another process may be changing it. */
  static SalvageReader openReplica(Path path) throws IOException {
    Descriptor file = Descriptor.open(path, Descriptor.Mode.READ);
    if (!FileIo.share(file)) {
      file.close();
      throw new IOException(
          path
              + ": another process or thread holds its lock (flock(2)), such as a repair of it: wait"
              + " for that, or name another copy");
    }
    return new SalvageReader(DamagedFile.of(file, ScannedHost.of(path)));
  }

  static SalvageReader open(Path path, ScannedHost host) throws IOException {
    return new SalvageReader(DamagedFile.open(path, host));
  }

  /** What is still missing in the file if it is a copy, as {@link SalvageMapFile#missing}. */
  RangeSet missing() throws IOException {
    return SalvageMapFile.missing(file.descriptor());
  }

  /**
   * The current size of the file.
   *
   * @return its size in bytes, of a block device too
   * @throws IOException if the kernel does not report it
   */
  public long size() throws IOException {
    return file.size();
  }

  /**
   * The bytes on which an ordinary read of the file fails, although this reader may recover them: a
   * page with a bad sector past the end of the file, for example.
   *
   * @return the bytes, as of the last scan
   */
  public RangeSet unreadable() {
    return file.known().unreadable();
  }

  /**
   * {@return why bytes that count as good may be zeros left by an interrupted repair, as of the
   * last scan}
   */
  public List<IncompleteReason> reasons() {
    return file.known().doubts();
  }

  /**
   * The offset of the next bytes on the medium: skips a hole, in which nothing can be lost, but not
   * one that an interrupted repair has left.
   *
   * @param offset where to begin, in bytes of the file
   * @return the offset itself if it is not in a hole; the size of the file if nothing follows
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if the file system fails
   */
  public long nextData(long offset) throws IOException {
    return file.nextData(offset);
  }

  /**
   * Reads until the buffer is full or the file ends. Lost bytes are zeros in the buffer.
   *
   * @param offset where to begin, in bytes of the file
   * @param target takes the bytes; its position moves past the last one
   * @return how many bytes there are, and which are lost
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if reading fails in any other way than by a media error
   */
  public ReadResult read(long offset, ByteBuffer target) throws IOException {
    return file.read(offset, target);
  }

  /**
   * Reads like {@link #read}, but fails if any byte is lost.
   *
   * @param offset where to begin, in bytes of the file
   * @param target takes the bytes
   * @return how many bytes there are: fewer than requested only at the end of the file
   * @throws UnreadableException with the lost ranges, if any of them is lost
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if reading fails in any other way
   */
  public long readFully(long offset, ByteBuffer target) throws IOException {
    ReadResult salvaged = read(offset, target);
    if (!salvaged.complete()) {
      throw new UnreadableException(file.path(), salvaged.lost());
    }
    return salvaged.length();
  }

  /**
   * Copies a range to a stream. Lost bytes are written as zeros.
   *
   * @param offset where to begin, in bytes of the file
   * @param length how many bytes; {@link Long#MAX_VALUE} for all that there are
   * @param target takes the bytes
   * @return how many bytes there were, and which are lost
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative
   * @throws IOException if reading fails in any other way than by a media error, or writing fails
   */
  public ReadResult transferTo(long offset, long length, OutputStream target) throws IOException {
    Objects.requireNonNull(target, "target");
    return file.transferTo( // not by a channel, which an interrupt of the thread would close
        offset,
        length,
        bytes -> {
          target.write(bytes.array(), bytes.position(), bytes.remaining());
          bytes.position(bytes.limit());
        });
  }

  /**
   * Copies a range to a channel. Lost bytes are written as zeros.
   *
   * @param offset where to begin, in bytes of the file
   * @param length how many bytes; {@link Long#MAX_VALUE} for all that there are
   * @param target takes the bytes
   * @return how many bytes there were, and which are lost
   * @throws IllegalArgumentException if {@code offset} or {@code length} is negative
   * @throws IOException if reading fails in any other way than by a media error, or writing fails
   */
  public ReadResult transferTo(long offset, long length, WritableByteChannel target)
      throws IOException {
    Objects.requireNonNull(target, "target");
    return file.transferTo(offset, length, target::write);
  }

  /**
   * Reads the whole file and reports what is lost, as {@link #verify(long, ProgressListener)}.
   *
   * @return the size of the file, and its lost bytes
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted
   * @throws IOException if reading fails in any other way than by a media error
   */
  public ReadResult verify() throws IOException {
    return verify(0, ProgressListener.none());
  }

  /**
   * Reads everything from an offset to the end of the file and reports what is lost. Skips holes.
   * Reads the medium, past the page cache, if the file system supports that: see {@link
   * #verifiedBy}.
   *
   * @param offset where to begin, in bytes of the file
   * @param listener gets the progress: the offset in the file that has been reached
   * @return how many bytes there are up to the end of the file, and which are lost
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted; it has the bytes
   *     found to be lost. To continue, begin at the offset that its progress has reached
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if reading fails in any other way than by a media error
   */
  public ReadResult verify(long offset, ProgressListener listener) throws IOException {
    file.beginVerification();
    try {
      return verifyMedium(offset, new LongWork("verification", file.path(), listener));
    } finally {
      verifiedBy = file.endVerification();
    }
  }

  private ReadResult verifyMedium(long offset, LongWork work) throws IOException {
    RangeSet.Builder lost = RangeSet.builder();
    long lostBytes = 0;
    long size = file.size();
    long at = offset;
    long dataEnd = offset;
    while (true) {
      if (at >= dataEnd) {
        at = file.nextData(at);
        dataEnd = file.dataEnd(at, VERIFIED_AT_ONCE);
      }
      long length = Math.min(VERIFIED_AT_ONCE, dataEnd - at);
      ReadResult part = file.verify(at, length);
      lost.addAll(part.lost());
      lostBytes += part.lost().total();
      at += part.length();
      Progress progress = work.report(at, Math.max(at, size), lostBytes);
      if (part.length() == 0 || part.length() < length) {
        return new ReadResult(at - offset, lost.build());
      }
      work.check(progress, lost::build, "verify it again, from byte " + at);
    }
  }

  /** {@return how the last verification read the file; empty if there was none yet} */
  public Optional<ReadMethod> verifiedBy() {
    return Optional.ofNullable(verifiedBy);
  }

  /** Closes the file. Idempotent. */
  @Override
  public void close() {
    file.close();
  }
}
