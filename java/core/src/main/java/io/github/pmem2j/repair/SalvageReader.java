package io.github.pmem2j.repair;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads a file around its damage, on any file system. It never maps the file, so a media error is
 * never a SIGBUS; it is EIO of <a
 * href="https://man7.org/linux/man-pages/man2/pread.2.html">pread(2)</a>, and comes back as ranges.
 *
 * <p>What {@link BadBlockScanner} reports as lost is not touched. An unreported error is narrowed
 * down page by page. What the page cache has lost along with the damage is read past it, by the
 * sector. A DAX file has no page cache, and a bad sector fails reads of its whole page. If this
 * user can read the device below, and that certainly holds the file's bytes (on ext2, ext3, ext4
 * and XFS), the good sectors of the page are recovered from there, and kept only if the file has
 * not moved meanwhile. Elsewhere the whole page is lost. What an interrupted {@link BadBlockRepair}
 * has zeroed counts as lost, although it can be read; if that is unknown, opening fails.
 *
 * <p>Thread-safe; reads wait for each other. After {@link #close()} every other method throws
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
    return open(path, ScannedHost.of(path));
  }

  static SalvageReader open(Path path, ScannedHost host) throws IOException {
    return new SalvageReader(DamagedFile.open(path, host));
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
   * What an ordinary read of the file fails on, although this reader may recover it: a page with a
   * bad sector past the end of the file, for example.
   *
   * @return the bytes, as of the last scan
   */
  public RangeSet unreadable() {
    return file.known().unreadable();
  }

  /**
   * Why bytes that count as good may be zeros left by an interrupted repair.
   *
   * @return the reasons, as of the last scan; empty if there is none
   */
  public List<IncompleteReason> reasons() {
    return file.known().doubts();
  }

  /**
   * Where the next bytes on the medium begin: passes over a hole, in which nothing can be lost, but
   * not over one that an interrupted repair has left.
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
   * @param target takes the bytes; its position moves behind the last one
   * @return how many bytes there are, and which are lost
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if reading fails in any other way than by a media error
   */
  public SalvageResult read(long offset, ByteBuffer target) throws IOException {
    return file.read(offset, target);
  }

  /**
   * Reads like {@link #read}, all or nothing.
   *
   * @param offset where to begin, in bytes of the file
   * @param target takes the bytes
   * @return how many bytes there are: fewer than asked for only where the file ends
   * @throws UnreadableException with the lost ranges, if any of them is lost
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if reading fails in any other way
   */
  public long readFully(long offset, ByteBuffer target) throws IOException {
    SalvageResult salvaged = read(offset, target);
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
  public SalvageResult transferTo(long offset, long length, OutputStream target)
      throws IOException {
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
  public SalvageResult transferTo(long offset, long length, WritableByteChannel target)
      throws IOException {
    return file.transferTo(offset, length, target::write);
  }

  /**
   * Reads the whole file and keeps nothing but what is lost, as {@link #verify(long,
   * ProgressListener)}.
   *
   * @return how long the file is, and which bytes of it are lost
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted
   * @throws IOException if reading fails in any other way than by a media error
   */
  public SalvageResult verify() throws IOException {
    return verify(0, ProgressListener.none());
  }

  /**
   * Reads everything from an offset to the end of the file and keeps nothing but what is lost.
   * Passes over holes. Asks the medium, past the page cache, where the file system lets it: {@link
   * #verifiedBy} says so afterwards.
   *
   * @param offset where to begin, in bytes of the file
   * @param listener gets the progress: up to which byte of the file it has come
   * @return how many bytes there are up to the end of the file, and which are lost
   * @throws io.github.pmem2j.CancelledException if the thread was interrupted; it has what is lost
   *     up to there. To continue, begin where its progress is done
   * @throws IllegalArgumentException if {@code offset} is negative
   * @throws IOException if reading fails in any other way than by a media error
   */
  public SalvageResult verify(long offset, ProgressListener listener) throws IOException {
    file.beginVerification();
    try {
      return verifyMedium(offset, new LongWork("verification", file.path(), listener));
    } finally {
      verifiedBy = file.endVerification();
    }
  }

  private SalvageResult verifyMedium(long offset, LongWork work) throws IOException {
    RangeSet.Builder lost = RangeSet.builder();
    long lostBytes = 0;
    long size = file.size();
    long at = offset;
    while (true) {
      at = file.nextData(at);
      SalvageResult part = file.verify(at, VERIFIED_AT_ONCE);
      lost.addAll(part.lost());
      lostBytes += part.lost().total();
      at += part.length();
      Progress progress = work.report(at, Math.max(at, size), lostBytes);
      if (part.length() < VERIFIED_AT_ONCE) {
        return new SalvageResult(at - offset, lost.build());
      }
      work.check(progress, lost::build, "verify it again, from byte " + at);
    }
  }

  /**
   * How the last verification read the file.
   *
   * @return null if there was none yet
   */
  public ReadMethod verifiedBy() {
    return verifiedBy;
  }

  /** Closes the file. Idempotent. */
  @Override
  public void close() {
    file.close();
  }
}
