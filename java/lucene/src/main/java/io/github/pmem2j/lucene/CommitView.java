package io.github.pmem2j.lucene;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/**
 * An index directory whose commits are in memory, and list some of the segments of the directory.
 * Lucene opens it, and its changes, like any index.
 */
final class CommitView extends FilterDirectory {
  private final Directory commits = new ByteBuffersDirectory();
  private final SegmentInfos infos;

  CommitView(Directory segments, int createdVersionMajor) {
    super(segments);
    infos = new SegmentInfos(createdVersionMajor);
  }

  /** Makes some of the segments of a commit the latest commit. */
  void commit(SegmentInfos from, Predicate<SegmentCommitInfo> listed) throws IOException {
    String[] last = commits.listAll();
    infos.clear();
    from.asList().stream().filter(listed).forEach(infos::add);
    infos.changed();
    infos.commit(this);
    for (String name : last) {
      commits.deleteFile(name);
    }
  }

  private static boolean isCommit(String name) {
    return name.startsWith(IndexFileNames.SEGMENTS)
        || name.startsWith(IndexFileNames.PENDING_SEGMENTS);
  }

  private Directory of(String name) {
    return isCommit(name) ? commits : in;
  }

  @Override
  public String[] listAll() throws IOException {
    return Stream.concat(
            Stream.of(in.listAll()).filter(name -> !isCommit(name)), Stream.of(commits.listAll()))
        .sorted()
        .toArray(String[]::new);
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    return of(name).openInput(name, context);
  }

  @Override
  public long fileLength(String name) throws IOException {
    return of(name).fileLength(name);
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) throws IOException {
    return requireCommit(name).createOutput(name, context);
  }

  @Override
  public void deleteFile(String name) throws IOException {
    requireCommit(name).deleteFile(name);
  }

  @Override
  public void rename(String source, String target) throws IOException {
    requireCommit(source).rename(source, target);
  }

  @Override
  public void sync(Collection<String> names) throws IOException {
    Set<String> inMemory = new HashSet<>(names);
    inMemory.removeIf(name -> !isCommit(name)); // The segments were synced with the real commit.
    commits.sync(inMemory);
  }

  @Override
  public void syncMetaData() throws IOException {
    commits.syncMetaData();
  }

  /** Does nothing: the directory with the segments belongs to others. */
  @Override
  public void close() {}

  private Directory requireCommit(String name) {
    if (!isCommit(name)) {
      throw new UnsupportedOperationException("this view does not change segments: " + name);
    }
    return commits;
  }
}
