package io.github.pmem2j.lucene;

import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.watch.BadBlockChange;
import io.github.pmem2j.watch.BadBlockWatch;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An index directory that scans a file for bad blocks before it opens the file, so that no file
 * with a known error is ever mapped.
 *
 * <ul>
 *   <li>For a file that is {@code CLEAN} or {@code NOT_PMEM}, it returns the wrapped directory's
 *       own input: reading costs no more than without this class.
 *   <li>A file that is {@code BAD} is refused or salvaged ({@link BadFilePolicy}). If no byte of it
 *       is lost, because the error is in space that the file does not use, it is read without a
 *       mapping under either policy.
 *   <li>A file that is {@code UNKNOWN} follows {@link UnknownFilePolicy}, by default {@code PREAD}.
 *   <li>A file in which an interrupted repair may have left zeros at unknown places is refused
 *       under every policy, with a {@code CorruptIndexException}: a read would return them as data.
 * </ul>
 *
 * <p>An {@code IndexWriter} opens the segments in which it deletes documents. Give it a directory
 * with {@link BadFilePolicy#SALVAGE}, or a deletion in a damaged segment closes the writer, and
 * {@link PmemMergePolicy}, or a merge of such a segment does.
 *
 * <p>An input that is already open stays as it is: where a file is mapped and goes bad later, a
 * read of the lost page still fails as a mapped read does. {@link #watch} reports such files, and a
 * {@link PmemDirectoryReader} that is refreshed opens them again. Thread-safe.
 */
public final class PmemDirectory extends FilterDirectory {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  private final FSDirectory delegate;
  private final BadFilePolicy badFiles;
  private final UnknownFilePolicy unknownFiles;
  private final FileHealth.Check check;
  private final FSDirectory withoutMapping;
  private final List<BadBlockWatch> watches = new CopyOnWriteArrayList<>();
  private boolean closing;

  /**
   * Wraps a directory. Bad files are refused, and unknown files are read without a mapping.
   *
   * @param delegate the directory, which is closed with this one
   * @throws IOException if the directory cannot be opened
   */
  public PmemDirectory(FSDirectory delegate) throws IOException {
    this(delegate, BadFilePolicy.REFUSE, UnknownFilePolicy.PREAD);
  }

  /**
   * Wraps a directory.
   *
   * @param delegate the directory, which is closed with this one
   * @param badFiles the policy for files that have lost bytes
   * @param unknownFiles the policy for files that may have bad blocks
   * @throws IOException if the directory cannot be opened
   */
  public PmemDirectory(FSDirectory delegate, BadFilePolicy badFiles, UnknownFilePolicy unknownFiles)
      throws IOException {
    this(delegate, badFiles, unknownFiles, FileHealth::scan);
  }

  PmemDirectory(
      FSDirectory delegate,
      BadFilePolicy badFiles,
      UnknownFilePolicy unknownFiles,
      FileHealth.Check check)
      throws IOException {
    super(delegate);
    this.delegate = delegate;
    this.badFiles = Objects.requireNonNull(badFiles, "badFiles");
    this.unknownFiles = Objects.requireNonNull(unknownFiles, "unknownFiles");
    this.check = Objects.requireNonNull(check, "check");
    withoutMapping =
        delegate instanceof NIOFSDirectory
            ? delegate
            : new NIOFSDirectory(delegate.getDirectory(), NoLockFactory.INSTANCE);
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    ensureOpen();
    FileHealth health = health(name);
    if (health.hidesZeros()) {
      in.fileLength(name); // Fails if the file is about to be deleted.
      throw new CorruptIndexException(
          "an interrupted repair may have left zeros in it: " + health.doubt(),
          file(name).toString());
    }
    switch (health.verdict()) {
      case BAD:
        return openBad(name, health);
      case UNKNOWN:
        return openUnknown(name, context, health);
      default:
        return in.openInput(name, context);
    }
  }

  private IndexInput openBad(String name, FileHealth health) throws IOException {
    in.fileLength(name);
    Path file = file(name);
    if (badFiles == BadFilePolicy.REFUSE && !health.lost().isEmpty()) {
      throw new CorruptIndexException(
          "the medium has lost "
              + health.lost()
              + "; restore that with: pmem2j repair --from REPLICA "
              + file,
          file.toString());
    }
    return SalvageIndexInput.open(file);
  }

  private IndexInput openUnknown(String name, IOContext context, FileHealth health)
      throws IOException {
    switch (unknownFiles) {
      case REFUSE:
        in.fileLength(name);
        throw new IOException(
            "cannot tell whether "
                + delegate.getDirectory().resolve(name)
                + " has bad blocks: "
                + health.doubt());
      case PREAD:
        in.fileLength(name);
        return withoutMapping.openInput(name, context);
      default:
        return in.openInput(name, context);
    }
  }

  /** Examines a file of this directory. */
  FileHealth health(String name) throws IOException {
    try {
      return check.of(file(name));
    } catch (UnsupportedOperationException e) {
      return FileHealth.unknown(elsewhere());
    }
  }

  /** Why nothing is known of a directory in another file system than the default one. */
  private String elsewhere() {
    return "it is in " + delegate.getDirectory().getFileSystem();
  }

  /** The damaged ones among these files, sorted. Files that no longer exist are omitted. */
  Map<String, FileHealth.Damage> badFiles(Collection<String> names) throws IOException {
    Map<String, FileHealth.Damage> bad = new TreeMap<>();
    for (String name : names) {
      try {
        FileHealth health = health(name);
        if (health.isDamaged()) {
          bad.put(name, health.damage());
        }
      } catch (NoSuchFileException e) {
        // It was deleted meanwhile.
      }
    }
    return bad;
  }

  /** Whether none of these files was deleted. */
  boolean haveAll(Collection<String> names) throws IOException {
    return Set.of(listAll()).containsAll(names);
  }

  /** Whether a commit is in the same directory, perhaps opened by another object. */
  boolean holds(IndexCommit commit) {
    return FilterDirectory.unwrap(commit.getDirectory()) instanceof FSDirectory other
        && other.getDirectory().equals(delegate.getDirectory());
  }

  /**
   * The path of a file in the default file system: Lucene's test file systems wrap that one, and
   * return the wrapped path as a {@code File}.
   */
  private Path file(String name) {
    return delegate.getDirectory().resolve(name).toFile().toPath();
  }

  /**
   * Watches the files of the index, open or not. Files that are already bad are not reported.
   *
   * @param listener is called with each file that goes bad
   * @return the watch, which reports what cannot be watched; closing this directory closes it, and
   *     waits for the listener like {@link BadBlockWatch#close}
   * @throws IOException if the directory cannot be watched
   */
  public BadBlockWatch watch(DamagedFileListener listener) throws IOException {
    Objects.requireNonNull(listener, "listener");
    Path directory;
    try {
      directory = delegate.getDirectory().toFile().toPath();
    } catch (UnsupportedOperationException e) {
      throw new IOException("cannot watch " + delegate.getDirectory() + ": " + elsewhere(), e);
    }
    synchronized (watches) {
      ensureOpen();
      if (closing) {
        throw new AlreadyClosedException("this directory is being closed: " + directory);
      }
      BadBlockWatch watch =
          BadBlockWatch.open(directory, change -> report(directory, change, listener));
      watches.add(watch);
      return watch;
    }
  }

  private static void report(Path directory, BadBlockChange change, DamagedFileListener listener) {
    for (Path file : change.files().keySet()) {
      if (directory.equals(file.getParent())) {
        try {
          listener.damaged(file.getFileName().toString(), BadBlockScanner.scan(file));
        } catch (NoSuchFileException e) {
          // Lucene has deleted it meanwhile.
        } catch (IOException e) {
          LOGGER.warn("cannot scan the damaged file {}", file, e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (watches) {
      closing = true; // No watch can be opened from now on.
    }
    try {
      watches.forEach(BadBlockWatch::close);
    } finally {
      super.close();
    }
  }
}
