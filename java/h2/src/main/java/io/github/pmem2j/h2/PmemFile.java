package io.github.pmem2j.h2;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.UnreadableException;
import io.github.pmem2j.repair.SalvageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.regex.Pattern;
import org.h2.store.fs.FileBaseDefault;

/**
 * An open file whose damage is read around. While it is open, no other descriptor of the file may
 * be closed in this process: that would release H2's lock on it, see fcntl(2).
 */
final class PmemFile extends FileBaseDefault {
  /** All of them that are open, weakly. */
  private static final Set<PmemFile> OPEN = Collections.newSetFromMap(new WeakHashMap<>());

  private static final Pattern PART = Pattern.compile("\\.\\d+\\.part$");

  private final Path file;
  private final FileChannel channel;

  /** Null, like the damage, if the file has none. */
  private final SalvageReader reader;

  private final Damage damage;

  /** The damage that the last failed read met, for H2's message about this file. */
  private volatile String lost = "";

  PmemFile(Path file, FileChannel channel, SalvageReader reader, Damage damage) {
    this.file = file;
    this.channel = channel;
    this.reader = reader;
    this.damage = damage;
    synchronized (OPEN) {
      OPEN.add(this);
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    if (reader != null && damage.intersects(position, target.remaining())) {
      return salvage(target, position);
    }
    int start = target.position();
    try {
      return onChannel(() -> channel.read(target, position));
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      if (reader != null) {
        return salvage(target.position(start), position);
      }
      throw failure(
          new IOException(
              "cannot read "
                  + file
                  + " at "
                  + position
                  + "; see what it has lost with: pmem2j scan "
                  + file,
              e));
    }
  }

  /** An operation on the channel. */
  @FunctionalInterface
  private interface Operation<T> {
    T run() throws IOException;
  }

  /**
   * Runs an operation. If that finds the channel closed, by the interrupt of a thread, this file is
   * closed with its reader: H2 may open it again, and the reader must not be closed after that.
   */
  private <T> T onChannel(Operation<T> operation) throws IOException {
    try {
      return operation.run();
    } catch (ClosedChannelException e) {
      close();
      throw e;
    }
  }

  private int salvage(ByteBuffer target, long position) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    RangeSet known = damage.lostAt(position, target.remaining());
    if (!known.isEmpty()) {
      throw lost(known, null);
    }
    try {
      int wanted = target.remaining();
      int count = (int) reader.readFully(position, target);
      return count == 0 && wanted > 0 ? -1 : count;
    } catch (UnreadableException e) {
      throw lost(e.ranges(), e);
    } catch (IllegalStateException e) {
      throw (IOException) new ClosedChannelException().initCause(e);
    }
  }

  private IOException lost(RangeSet ranges, UnreadableException cause) throws IOException {
    lost = ranges.toString();
    return failure(
        new IOException(
            file + " has lost " + lost + "; restore that with: pmem2j repair --from BACKUP " + file,
            cause));
  }

  /**
   * The error of a read that fails. While H2 looks for the newest state of a database, it ignores
   * every exception and takes an older state, so committed rows would disappear without an error.
   */
  private IOException failure(IOException error) throws IOException {
    boolean opening =
        StackWalker.getInstance()
            .walk(frames -> frames.anyMatch(f -> f.getMethodName().equals("readStoreHeader")));
    if (opening) {
      closeDatabase();
      throw new NewestStateError(error);
    }
    return error;
  }

  /** Closes this file and, of a database in parts, the others: H2 does not after an error. */
  private void closeDatabase() throws IOException {
    List<PmemFile> all;
    synchronized (OPEN) {
      all = List.copyOf(OPEN);
    }
    for (PmemFile each : all) {
      if (each.database().equals(database())) {
        each.close();
      }
    }
  }

  private String database() {
    return PART.matcher(file.toString()).replaceFirst("");
  }

  /** H2 does not ignore an error, and reports the message of this kind of error alone. */
  private static final class NewestStateError extends LinkageError {
    private static final long serialVersionUID = 1L;

    private NewestStateError(IOException cause) {
      super("the newest state of the database cannot be found: " + cause.getMessage(), cause);
    }
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    int count = onChannel(() -> channel.write(source, position));
    if (damage != null) {
      damage.overwritten(position, count);
    }
    return count;
  }

  @Override
  protected void implTruncate(long size) throws IOException {
    onChannel(() -> channel.truncate(size));
    if (damage != null) {
      damage.truncated(size);
    }
  }

  @Override
  public long size() throws IOException {
    return onChannel(channel::size);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    onChannel(
        () -> {
          channel.force(metaData);
          return null;
        });
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return onChannel(() -> channel.tryLock(position, size, shared));
  }

  @Override
  protected void implCloseChannel() throws IOException {
    synchronized (OPEN) {
      OPEN.remove(this);
    }
    try {
      channel.close();
    } finally {
      if (reader != null) {
        reader.close();
      }
    }
  }

  /** For the message that H2 gives for a read that fails. */
  @Override
  public String toString() {
    return file + (lost.isEmpty() ? "" : " (lost: " + lost + ")");
  }
}
