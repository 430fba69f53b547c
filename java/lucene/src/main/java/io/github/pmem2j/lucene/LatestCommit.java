package io.github.pmem2j.lucene;

import java.io.IOException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;

/** The last commit of an index, which a writer may replace, and delete, at any time. */
final class LatestCommit {
  private LatestCommit() {}

  /** An operation on a commit. */
  @FunctionalInterface
  interface Action<T> {
    T with(SegmentInfos commit) throws IOException;
  }

  /**
   * Runs it on the last commit; if it fails and there is a newer commit, runs it once more on that.
   */
  static <T> T of(Directory directory, Action<T> action) throws IOException {
    return new SegmentInfos.FindSegmentsFile<T>(directory) {
      @Override
      protected T doBody(String segmentsFile) throws IOException {
        return action.with(SegmentInfos.readCommit(directory, segmentsFile));
      }
    }.run();
  }
}
