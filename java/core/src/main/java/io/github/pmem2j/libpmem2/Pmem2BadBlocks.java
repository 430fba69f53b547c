package io.github.pmem2j.libpmem2;

import static java.util.stream.Collectors.joining;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The bad blocks of a file or dax device as libpmem2 reports them, and the way to clear them:
 * {@code struct pmem2_badblock_context}, see <a
 * href="https://pmem.io/pmdk/manpages/linux/v1.11/libpmem2/pmem2_badblock_context_new.3/">pmem2_badblock_context_new(3)</a>.
 *
 * <p>It is a snapshot with a cursor: what was bad, and where the file lay, when it was opened.
 * libpmem2 misses bad blocks in several situations, of which {@link #deviceMatched()} tells the
 * most common ones; the README lists them all.
 *
 * <p>Thread-safe; one call at a time reaches C. After {@link #close()} every other method throws
 * {@link IllegalStateException}; a close waits for calls under way. An abandoned object is closed
 * by a {@link java.lang.ref.Cleaner}.
 */
public final class Pmem2BadBlocks implements AutoCloseable {
  /** Bad blocks of a dax device come in sectors, a file's in blocks of its file system. */
  private static final int SECTOR = 512;

  private static final int BATCH = 256;

  private final Pmem2Source source;
  private final boolean ownsSource;

  /** The guard of the context, and of the fields below it: they are used inside its use alone. */
  private final Handle handle;

  private final Pmem2.Batch single = new Pmem2.Batch(1);

  /** What was returned to the caller: nothing else may be cleared. */
  private final ClearedRanges reported = new ClearedRanges();

  /** What was cleared through this object: it is not cleared again. */
  private final ClearedRanges cleared = new ClearedRanges();

  /** What was read ahead of the caller's cursor. */
  private final Deque<ByteRange> ahead = new ArrayDeque<>(1);

  /** Null until the first bad block or the end has been read. */
  private Boolean matched;

  private boolean end;

  private Pmem2BadBlocks(Pmem2Source source, boolean ownsSource) throws IOException {
    this.source = source;
    this.ownsSource = ownsSource;
    this.handle = Pmem2.badBlockContextNew(source.handle(), source.path());
  }

  /**
   * Opens the file, as {@link Pmem2Source#open(Path)} does, and its bad blocks. Closing this closes
   * the file too.
   *
   * @param path a regular file or a dax device
   * @return its bad blocks
   * @throws Pmem2Exception with the codes that the manual page lists, and {@code PMEM2_E_NOSUPP}
   *     where libndctl is not installed
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws java.nio.file.AccessDeniedException if it, or what the kernel says of its device, may
   *     not be read
   * @throws IOException if it cannot be opened
   */
  public static Pmem2BadBlocks open(Path path) throws IOException {
    return openOwned(Pmem2Source.open(path));
  }

  /**
   * Opens the file for reading alone, and its bad blocks: they can be listed, not cleared.
   *
   * @param path a regular file or a dax device
   * @return its bad blocks
   * @throws IOException as {@link #open(Path)}
   */
  public static Pmem2BadBlocks openReadOnly(Path path) throws IOException {
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
   * Opens the bad blocks of a source. The source stays the caller's; closing it closes this first.
   *
   * @param source an open source
   * @return its bad blocks
   * @throws Pmem2Exception with the codes that the manual page lists, and {@code PMEM2_E_NOSUPP}
   *     where libndctl is not installed or the source is anonymous
   * @throws IOException as {@link #open(Path)}
   * @throws IllegalStateException if the source is closed
   */
  public static Pmem2BadBlocks open(Pmem2Source source) throws IOException {
    return new Pmem2BadBlocks(source, false);
  }

  /**
   * The next bad block ({@code pmem2_badblock_next}).
   *
   * @return a bad block, or empty at the end, where it stays
   * @throws Pmem2Exception if libpmem2 fails
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public Optional<ByteRange> next() throws IOException {
    return handle.use(
        context -> {
          ByteRange block = ahead.poll();
          if (block == null && readBatch(context, single)) {
            block = new ByteRange(single.offset(0), single.length(0));
          }
          if (block != null) {
            reported.add(block);
          }
          return Optional.ofNullable(block);
        });
  }

  /**
   * All bad blocks that {@link #next()} has not returned yet, with few calls into C.
   *
   * @return a list in libpmem2's order; empty at the end
   * @throws Pmem2Exception if libpmem2 fails; what was read until then is returned by the next call
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public List<ByteRange> remaining() throws IOException {
    return handle.use(
        context -> {
          Pmem2.Batch batch = new Pmem2.Batch(BATCH);
          while (readBatch(context, batch)) {
            for (int i = 0; i < batch.count(); i++) {
              ahead.add(new ByteRange(batch.offset(i), batch.length(i)));
            }
          }
          List<ByteRange> blocks = new ArrayList<>(ahead);
          ahead.clear();
          blocks.forEach(reported::add);
          return blocks;
        });
  }

  /**
   * Whether libpmem2 found the device below the file. If not, it knows of no bad blocks there,
   * which does not mean that there are none: partitions and device-mapper volumes of persistent
   * memory are never found, and ordinary disks have no list.
   *
   * @return false if libpmem2 had no device to ask
   * @throws Pmem2Exception if libpmem2 fails
   * @throws IOException as above
   * @throws IllegalStateException if this is closed
   */
  public boolean deviceMatched() throws IOException {
    return handle.use(this::matched);
  }

  /** libpmem2 says so only with its first answer, so that is read ahead where need be. */
  private boolean matched(long context) throws IOException {
    if (matched == null && readBatch(context, single)) {
      ahead.add(new ByteRange(single.offset(0), single.length(0)));
    }
    return matched;
  }

  /** Reads on; false at the end. The end is remembered: libpmem2 forgets its message there. */
  private boolean readBatch(long context, Pmem2.Batch batch) throws IOException {
    if (end) {
      return false;
    }
    Pmem2.badBlockNext(context, batch, source.path());
    end = batch.end();
    if (matched == null) {
      matched = batch.count() > 0 || !batch.endHasReason();
    }
    return batch.count() > 0;
  }

  /**
   * Zeroes a bad block, for good: every byte of its range that could still be read is lost as well
   * ({@code pmem2_badblock_clear}). In a regular file the file system puts other, healthy blocks in
   * its place; on a dax device the device itself is told to clear the error. Afterwards nothing
   * says that data is missing there: keep a note of the range until it has been restored.
   *
   * <p>Nothing but a range that is bad now is cleared. The range must have been returned by this
   * object, and immediately before clearing the device is asked again, so that a range which was
   * cleared or moved elsewhere in the meantime is not touched. All of a file's range must be bad to
   * {@link BadBlockScanner} too: in sector mode (BTT) and on a realtime device libpmem2 names
   * blocks that are healthy, and on XFS with blocks smaller than a page more than is bad. What has
   * been cleared through this object is left alone: libpmem2 reports a block of the file system
   * once for each error in it, and the second clearing would destroy what was restored after the
   * first.
   *
   * @param block a bad block that {@link #next()} or {@link #remaining()} returned, or a part of
   *     one, aligned to the file system's block (on a dax device, to 512 bytes)
   * @throws IllegalArgumentException if it is no such range; not a byte changes
   * @throws IllegalStateException if this is closed, if the file was opened read-only, if no device
   *     matched, if the range is no longer bad, or not all of it is; not a byte changes
   * @throws Pmem2Exception if libpmem2 or the device fails; what the range holds is then unknown:
   *     it may be zeros by now, which nothing reports any more
   * @throws IOException as above
   */
  public void clear(ByteRange block) throws IOException {
    Descriptor descriptor = source.descriptor();
    if (descriptor == null || !descriptor.writable()) {
      throw new IllegalStateException(
          source + " was opened read-only: open it to write before clearing bad blocks");
    }
    FileStatus status = descriptor.status();
    long unit = clearUnit(status);
    // The descriptor is locked first, too.
    Path scanned = status.type() == FileStatus.Type.REGULAR ? descriptor.link() : null;
    // The source is locked before the context, as where it is closed.
    source
        .handle()
        .use(
            sourcePointer ->
                handle.use(
                    context -> {
                      if (!matched(context)) {
                        throw new IllegalStateException(
                            source.path()
                                + ": libpmem2 found no device below it and would zero healthy"
                                + " data: nothing was cleared");
                      }
                      checkReported(block, unit);
                      for (ByteRange part : cleared.missing(block)) {
                        clearIfStillBad(part, scanned);
                        cleared.add(part);
                      }
                      return null;
                    }));
  }

  /**
   * The alignment that {@link #clear} asks for where a part of a bad block is to be cleared.
   *
   * @return the size of the file system's block, or 512 on a dax device, in bytes
   * @throws IllegalStateException if the source is closed
   * @throws IOException if the file's status cannot be read
   */
  public long clearUnit() throws IOException {
    Descriptor descriptor = source.descriptor();
    return descriptor == null ? SECTOR : clearUnit(descriptor.status());
  }

  private static long clearUnit(FileStatus status) {
    return status.type() == FileStatus.Type.REGULAR ? status.blockSize() : SECTOR;
  }

  private void checkReported(ByteRange block, long unit) {
    if (!reported.contains(block)) {
      throw new IllegalArgumentException(
          source.path()
              + ": "
              + block
              + " was not reported as bad: nothing was cleared; clear only what next() or"
              + " remaining() returned");
    }
    for (long edge : new long[] {block.offset(), block.end()}) {
      if (edge % unit != 0 && !reported.hasEdge(edge)) {
        throw new IllegalArgumentException(
            source.path()
                + ": "
                + block
                + " is a part of a bad block and not aligned to "
                + unit
                + " bytes: nothing was cleared");
      }
    }
  }

  private void clearIfStillBad(ByteRange block, Path scanned) throws IOException {
    try (Handle fresh = Pmem2.badBlockContextNew(source.handle(), source.path())) {
      fresh.use(
          context -> {
            ClearedRanges now = new ClearedRanges();
            Pmem2.Batch batch = new Pmem2.Batch(BATCH);
            do {
              Pmem2.badBlockNext(context, batch, source.path());
              for (int i = 0; i < batch.count(); i++) {
                now.add(new ByteRange(batch.offset(i), batch.length(i)));
              }
            } while (!batch.end());
            if (!now.contains(block)) {
              throw new IllegalStateException(
                  source.path()
                      + ": "
                      + block
                      + " is no longer reported as bad: nothing was cleared; list again");
            }
            if (scanned != null) {
              checkScanned(block, scanned);
            }
            Pmem2.badBlockClear(context, block.offset(), block.length(), source.path());
            return null;
          });
    }
  }

  private void checkScanned(ByteRange block, Path path) throws IOException {
    BadBlockReport report = BadBlockScanner.scan(path);
    if (report.verdict() == Verdict.NOT_PMEM) {
      return; // To the scanner no list counts there.
    }
    if (!report.goodRanges(block.offset(), block.length()).isEmpty()) {
      String reasons =
          report.reasons().stream().map(reason -> ", " + reason.code()).collect(joining());
      throw new IllegalStateException(
          source.path()
              + ": not all of "
              + block
              + " is bad, by where the file lies"
              + reasons
              + ": libpmem2 would zero healthy data, and nothing was cleared; \"pmem2j scan\" says"
              + " more, and \"pmem2j repair\" clears no more than is bad");
    }
  }

  /**
   * Closes it, and the file if this opened it ({@code pmem2_badblock_context_delete}). Idempotent;
   * waits for calls under way.
   */
  @Override
  public void close() {
    if (ownsSource) {
      source.close();
    }
    handle.close();
  }

  /**
   * For messages.
   *
   * @return the kind of thing and its path
   */
  @Override
  public String toString() {
    return "Pmem2BadBlocks of " + source.path();
  }
}
