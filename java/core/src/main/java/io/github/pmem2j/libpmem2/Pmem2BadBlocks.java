package io.github.pmem2j.libpmem2;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The bad blocks of a file or dax device as libpmem2 reports them, with a method to clear them:
 * {@code struct pmem2_badblock_context}, see <a
 * href="https://pmem.io/pmdk/manpages/linux/v1.11/libpmem2/pmem2_badblock_context_new.3/">pmem2_badblock_context_new(3)</a>.
 *
 * <p>It is a snapshot with a cursor: it has the bad blocks, and the extents of the file, of the
 * time of opening. libpmem2 misses bad blocks in several situations, of which {@link
 * #deviceMatched()} reports the most common ones; the README lists them all.
 *
 * <p>Thread-safe; one call at a time reaches C. After {@link #close()}, every other method throws
 * {@link IllegalStateException}; {@code close} waits for calls in progress. An abandoned object is
 * closed by a {@link java.lang.ref.Cleaner}.
 */
public final class Pmem2BadBlocks implements AutoCloseable {
  private final Pmem2Source source;
  private final boolean ownsSource;

  /** Guards the context and the fields below, which are accessed only inside {@link Handle#use}. */
  private final Handle handle;

  private final BadBlockCursor cursor;

  private final CheckedClear clear;

  private Pmem2BadBlocks(Pmem2Source source, boolean ownsSource) throws IOException {
    this.source = source;
    this.ownsSource = ownsSource;
    this.handle = Pmem2.badBlockContextNew(source.handle(), source.path());
    this.cursor = new BadBlockCursor(source.path());
    this.clear = new CheckedClear(source.handle(), source.path());
  }

  /**
   * Opens the file, as {@link Pmem2Source#open(Path)} does, and its bad blocks. Closing this closes
   * the file too.
   *
   * @param path a regular file or a dax device
   * @return its bad blocks
   * @throws Pmem2Exception with the codes that the manual page lists, and {@code PMEM2_E_NOSUPP} if
   *     libndctl is not installed
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws java.nio.file.AccessDeniedException if permission is denied for it, or for its device's
   *     attributes in sysfs
   * @throws IOException if it cannot be opened
   */
  public static Pmem2BadBlocks open(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    return openOwned(Pmem2Source.open(path));
  }

  /**
   * Opens the file read-only, and its bad blocks, which can be listed but not cleared.
   *
   * @param path a regular file or a dax device
   * @return its bad blocks
   * @throws IOException as {@link #open(Path)}
   */
  public static Pmem2BadBlocks openReadOnly(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    return openOwned(Pmem2Source.open(path, StandardOpenOption.READ));
  }

  private static Pmem2BadBlocks openOwned(Pmem2Source source) throws IOException {
    try {
      return new Pmem2BadBlocks(source, true);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /**
   * Opens the bad blocks of a source. The source still belongs to the caller; closing it first
   * closes this.
   *
   * @param source an open source
   * @return its bad blocks
   * @throws Pmem2Exception with the codes that the manual page lists, and {@code PMEM2_E_NOSUPP} if
   *     libndctl is not installed or the source is anonymous
   * @throws IOException as {@link #open(Path)}
   * @throws IllegalStateException if the source is closed
   */
  public static Pmem2BadBlocks open(Pmem2Source source) throws IOException {
    return new Pmem2BadBlocks(source, false);
  }

  /**
   * The next bad block ({@code pmem2_badblock_next}).
   *
   * @return a bad block, or empty at the end and from then on
   * @throws Pmem2Exception if libpmem2 fails
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public Optional<ByteRange> next() throws IOException {
    return handle.use(
        context -> {
          ByteRange block = cursor.next(context);
          if (block != null) {
            clear.reported(List.of(block));
          }
          return Optional.ofNullable(block);
        });
  }

  /**
   * All bad blocks that {@link #next()} has not returned yet, with few calls into C.
   *
   * @return a list in libpmem2's order; empty at the end
   * @throws Pmem2Exception if libpmem2 fails; the next call returns what was read before
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public List<ByteRange> remaining() throws IOException {
    return handle.use(
        context -> {
          List<ByteRange> blocks = cursor.remaining(context);
          clear.reported(blocks);
          return blocks;
        });
  }

  /**
   * {@return whether libpmem2 found the device below the file} If not, it reports no bad blocks,
   * although there may be some: partitions and device-mapper volumes of persistent memory are never
   * found, and ordinary disks have no list.
   *
   * @throws Pmem2Exception if libpmem2 fails
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public boolean deviceMatched() throws IOException {
    return handle.use(cursor::matched);
  }

  /**
   * The unit to which the ends of a part of a bad block must be aligned for {@link #clear}.
   *
   * @return the block size of a regular file as stat(2) reports it, or {@link BadRange#SECTOR_SIZE}
   *     for a dax device, in bytes
   * @throws IOException if the file's status cannot be read
   * @throws IllegalStateException if the source is closed or anonymous
   */
  public long clearUnit() throws IOException {
    Descriptor descriptor = source.descriptor();
    if (descriptor == null) {
      throw new IllegalStateException(source + " is not a file, so nothing can be cleared");
    }
    return clearUnit(descriptor.status());
  }

  private static long clearUnit(FileStatus status) {
    return status.type() == FileStatus.Type.REGULAR ? status.blockSize() : BadRange.SECTOR_SIZE;
  }

  /**
   * Zeroes a bad block permanently, as {@link #clear(Collection)}.
   *
   * @param range a bad block that {@link #next()} or {@link #remaining()} returned, or a part of
   *     one
   * @throws IOException as there
   */
  public void clear(ByteRange range) throws IOException {
    clear(List.of(range));
  }

  /**
   * Zeroes bad blocks permanently: every byte of the ranges that could still be read is lost as
   * well ({@code pmem2_badblock_clear}). In a regular file the file system replaces them with
   * healthy blocks; a dax device clears the error. Afterwards nothing records the loss: keep a list
   * of the ranges until they are restored.
   *
   * <p>Nothing is cleared unless all of the ranges are bad now. The ranges must have been returned
   * by this object, and before the first is cleared the kernel is queried again, once, so that a
   * range that was cleared or moved in the meantime is not touched. All of a file's ranges must be
   * bad to {@link io.github.pmem2j.scan.BadBlockScanner}, too: in sector mode (BTT) and on a
   * realtime device libpmem2 reports healthy blocks, and on XFS with blocks smaller than a page it
   * reports more than is bad. A range that has been cleared through this object is not cleared
   * again: libpmem2 reports a block of the file system once for each error in it, and the second
   * clearing would destroy bytes restored after the first.
   *
   * <p>libpmem2 reads the kernel's list. It does not report the poison that CXL devices list, so it
   * cannot be cleared here: {@link io.github.pmem2j.repair.BadBlockRepair} has the device clear it
   * in place.
   *
   * @param ranges bad blocks that {@link #next()} or {@link #remaining()} returned, or parts of
   *     them aligned to {@link #clearUnit()}
   * @throws IllegalArgumentException if one is no such range; not a byte changes
   * @throws IllegalStateException if this is closed, if the file was opened read-only, or if no
   *     device matched; not a byte changes
   * @throws NotBadException if not all of the ranges are bad now; not a byte changes
   * @throws Pmem2Exception if libpmem2 or the device fails; the content of the range in question is
   *     then unknown: it may be zeros, which nothing reports as lost
   * @throws IOException as above; also if the file, or for a dax device any dax device, is being
   *     repaired: not a byte changes
   */
  public void clear(Collection<ByteRange> ranges) throws IOException {
    clear(
        ranges,
        new ClearListener() {
          @Override
          public void clearing(ByteRange range) {}

          @Override
          public void cleared(ByteRange range) {}
        });
  }

  /**
   * Zeroes bad blocks permanently, as {@link #clear(Collection)}, and reports each range. They are
   * cleared by ascending offset; ranges that overlap are reported as one.
   *
   * @param ranges as there
   * @param listener called before and after each range is cleared
   * @throws IOException as there
   */
  public void clear(Collection<ByteRange> ranges, ClearListener listener) throws IOException {
    Objects.requireNonNull(listener, "listener");
    List<ByteRange> wanted = List.copyOf(ranges);
    Descriptor descriptor = source.descriptor();
    if (descriptor == null || !descriptor.writable()) {
      throw new IllegalStateException(
          source + " was opened read-only: open it to write before clearing bad blocks");
    }
    FileStatus status = descriptor.status();
    long unit = clearUnit(status);
    // Read here because of the lock order: descriptor, source, context.
    boolean regular = status.type() == FileStatus.Type.REGULAR;
    Optional<Path> link = regular ? Optional.of(descriptor.link()) : Optional.empty();
    source
        .handle()
        .use(
            sourcePointer ->
                handle.use(
                    context -> {
                      if (!cursor.matched(context)) {
                        throw new IllegalStateException(
                            source.path()
                                + ": libpmem2 found no device below it and would zero healthy"
                                + " data: nothing was cleared");
                      }
                      clear.clear(context, wanted, unit, link, listener);
                      return null;
                    }));
  }

  /**
   * Closes it, and the file if this opened it ({@code pmem2_badblock_context_delete}). Idempotent;
   * waits for calls in progress.
   */
  @Override
  public void close() {
    if (ownsSource) {
      source.close();
    }
    handle.close();
  }

  /** {@return a text for messages: the type and the path} */
  @Override
  public String toString() {
    return "Pmem2BadBlocks of " + source.path();
  }
}
