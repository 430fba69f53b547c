package io.github.pmem2j.lucene;

import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;

/**
 * Searches the last commit of an index in a {@link PmemDirectory}, without the segments that cannot
 * be opened: with {@link BadFilePolicy#REFUSE} those are the ones with lost bytes, with {@link
 * BadFilePolicy#SALVAGE} the ones that have lost bytes needed to open them. {@link #leftOut} lists
 * them.
 *
 * <p>{@link DirectoryReader#openIfChanged(DirectoryReader)} also returns a new reader if a file has
 * lost bytes, or some were restored, since this one was opened. It reopens the affected segments
 * and shares the others. So does {@code SearcherManager}.
 *
 * <p>A commit whose {@code segments_N} or {@code .si} file has lost bytes cannot be opened. Readers
 * of an {@code IndexWriter}, with changes that are not committed, are not made by this class.
 * Thread-safe.
 */
public final class PmemDirectoryReader extends DirectoryReader {
  private final PmemDirectory directory;
  private final CommitView view;
  private final DirectoryReader in;
  private final SegmentInfos infos;

  /** The bad files of each segment that has some, with their damage, at the time of opening. */
  private final Map<String, Map<String, FileHealth.Damage>> damaged;

  private final Map<String, IOException> leftOut;

  private PmemDirectoryReader(
      PmemDirectory directory,
      CommitView view,
      DirectoryReader in,
      SegmentInfos infos,
      Map<String, Map<String, FileHealth.Damage>> damaged,
      Map<String, IOException> leftOut)
      throws IOException {
    super(
        directory,
        in.leaves().stream().map(LeafReaderContext::reader).toArray(LeafReader[]::new),
        null);
    this.directory = directory;
    this.view = view;
    this.in = in;
    this.infos = infos;
    this.damaged = damaged;
    this.leftOut = leftOut;
  }

  /**
   * Opens the last commit.
   *
   * @param directory the index
   * @return a reader of all segments that can be opened
   * @throws org.apache.lucene.index.CorruptIndexException if the list of the segments is lost
   * @throws IOException if there is no index, or it cannot be opened
   */
  public static PmemDirectoryReader open(PmemDirectory directory) throws IOException {
    return LatestCommit.of(directory, infos -> open(directory, infos));
  }

  private static PmemDirectoryReader open(PmemDirectory directory, SegmentInfos infos)
      throws IOException {
    Map<String, Map<String, FileHealth.Damage>> damaged = damaged(directory, infos);
    Map<String, IOException> leftOut = leftOut(directory, infos, damaged);
    CommitView view = new CommitView(directory, infos.getIndexCreatedVersionMajor());
    view.commit(infos, info -> !leftOut.containsKey(info.info.name));
    DirectoryReader in = DirectoryReader.open(view);
    return of(directory, view, in, infos, damaged, leftOut);
  }

  private static PmemDirectoryReader of(
      PmemDirectory directory,
      CommitView view,
      DirectoryReader in,
      SegmentInfos infos,
      Map<String, Map<String, FileHealth.Damage>> damaged,
      Map<String, IOException> leftOut)
      throws IOException {
    try {
      return new PmemDirectoryReader(directory, view, in, infos, damaged, leftOut);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static Map<String, Map<String, FileHealth.Damage>> damaged(
      PmemDirectory directory, SegmentInfos infos) throws IOException {
    Map<String, Map<String, FileHealth.Damage>> damaged = new HashMap<>();
    for (SegmentCommitInfo info : infos) {
      Map<String, FileHealth.Damage> badFiles = directory.badFiles(info.files());
      if (!badFiles.isEmpty()) {
        damaged.put(info.info.name, badFiles);
      }
    }
    return damaged;
  }

  /** Opens each damaged segment alone, and returns the failures. */
  private static Map<String, IOException> leftOut(
      PmemDirectory directory,
      SegmentInfos infos,
      Map<String, Map<String, FileHealth.Damage>> damaged)
      throws IOException {
    Map<String, IOException> failures = new TreeMap<>();
    for (SegmentCommitInfo info : infos) {
      if (damaged.containsKey(info.info.name)) {
        CommitView alone = new CommitView(directory, infos.getIndexCreatedVersionMajor());
        alone.commit(infos, other -> other == info);
        try {
          DirectoryReader.open(alone).close();
        } catch (IOException e) {
          if (!directory.haveAll(info.files())) {
            throw e; // A writer has deleted the segment: this is no longer the latest commit.
          }
          failures.put(info.info.name, e);
        }
      }
    }
    return failures;
  }

  /**
   * The segments of the commit that could not be opened.
   *
   * @return the name of each with the exception, which names the file and its lost bytes; sorted
   */
  public Map<String, IOException> leftOut() {
    return Collections.unmodifiableMap(leftOut);
  }

  @Override
  protected DirectoryReader doOpenIfChanged() throws IOException {
    return doOpenIfChanged((IndexCommit) null);
  }

  @Override
  protected DirectoryReader doOpenIfChanged(IndexCommit commit) throws IOException {
    ensureOpen();
    if (commit == null) {
      return LatestCommit.of(directory, this::openIfOther);
    } else if (!directory.holds(commit)) {
      throw new IOException("this commit is not in " + directory + ": " + commit.getDirectory());
    }
    return openIfOther(SegmentInfos.readCommit(directory, commit.getSegmentsFileName()));
  }

  private DirectoryReader openIfOther(SegmentInfos now) throws IOException {
    Map<String, Map<String, FileHealth.Damage>> damagedNow = damaged(directory, now);
    return isSame(now, damagedNow) ? null : reopen(now, damagedNow);
  }

  private boolean isSame(SegmentInfos now, Map<String, Map<String, FileHealth.Damage>> damagedNow) {
    return now.getVersion() == infos.getVersion() && damagedNow.equals(damaged);
  }

  private DirectoryReader reopen(
      SegmentInfos now, Map<String, Map<String, FileHealth.Damage>> damagedNow) throws IOException {
    Map<String, IOException> leftOutNow = leftOut(directory, now, damagedNow);
    DirectoryReader reopened;
    // Readers that descend from each other share the view.
    synchronized (view) {
      // A segment that is in no commit for a moment is opened anew, all of its files.
      view.commit(
          now,
          info ->
              !leftOutNow.containsKey(info.info.name)
                  && Objects.equals(damagedNow.get(info.info.name), damaged.get(info.info.name)));
      try (DirectoryReader unchanged = openIfChanged(in)) {
        view.commit(now, info -> !leftOutNow.containsKey(info.info.name));
        reopened = openIfChanged(unchanged);
      }
    }
    return of(directory, view, reopened, now, damagedNow, leftOutNow);
  }

  /**
   * Not supported: such a reader is the writer's own.
   *
   * @param writer a writer
   * @param applyAllDeletes whether deletions that are not committed count
   * @throws UnsupportedOperationException always
   */
  @Override
  protected DirectoryReader doOpenIfChanged(IndexWriter writer, boolean applyAllDeletes) {
    throw new UnsupportedOperationException(
        "this reader shows commits; for changes that are not committed: DirectoryReader.open(writer)");
  }

  // Lucene 10 has these, too, and there they override.

  /**
   * As {@link #doOpenIfChanged()}, in this thread.
   *
   * @param executor is not used
   * @return as there
   * @throws IOException likewise
   */
  protected DirectoryReader doOpenIfChanged(ExecutorService executor) throws IOException {
    return doOpenIfChanged();
  }

  /**
   * As {@link #doOpenIfChanged(IndexCommit)}, in this thread.
   *
   * @param commit as there
   * @param executor is not used
   * @return as there
   * @throws IOException likewise
   */
  protected DirectoryReader doOpenIfChanged(IndexCommit commit, ExecutorService executor)
      throws IOException {
    return doOpenIfChanged(commit);
  }

  /**
   * Not supported, as {@link #doOpenIfChanged(IndexWriter, boolean)}.
   *
   * @param writer a writer
   * @param applyAllDeletes whether deletions that are not committed count
   * @param executor is not used
   * @return nothing
   * @throws UnsupportedOperationException always
   */
  protected DirectoryReader doOpenIfChanged(
      IndexWriter writer, boolean applyAllDeletes, ExecutorService executor) {
    return doOpenIfChanged(writer, applyAllDeletes);
  }

  @Override
  public long getVersion() {
    return infos.getVersion();
  }

  @Override
  public boolean isCurrent() throws IOException {
    ensureOpen();
    SegmentInfos now = SegmentInfos.readLatestCommit(directory);
    return isSame(now, damaged(directory, now));
  }

  @Override
  public IndexCommit getIndexCommit() throws IOException {
    ensureOpen();
    for (IndexCommit commit : listCommits(directory)) {
      if (commit.getSegmentsFileName().equals(infos.getSegmentsFileName())) {
        return commit;
      }
    }
    throw new IOException("the commit was deleted: " + infos.getSegmentsFileName());
  }

  @Override
  public CacheHelper getReaderCacheHelper() {
    return in.getReaderCacheHelper();
  }

  @Override
  protected void doClose() throws IOException {
    in.close();
  }
}
