package io.github.pmem2j.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jfr.Events;
import io.github.pmem2j.internal.scan.FileScan;
import io.github.pmem2j.internal.scan.TreeScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/** The reports of a tree, with their progress and a final event. */
final class TreeReports implements Iterator<BadBlockReport>, AutoCloseable {
  private final long begin = System.nanoTime();
  private final Path root;
  private final ProgressListener listener;
  private final TreeScan tree;
  private Progress progress;
  private Verdict verdict = Verdict.NOT_PMEM;
  private boolean complete = true;
  private int badRanges;
  private boolean finished;

  TreeReports(FileScan scan, Path root, ProgressListener listener) throws IOException {
    this.root = root;
    this.listener = listener;
    this.progress = progress(root, 0, 0);
    this.tree = new TreeScan(scan, root, this::check);
  }

  private static Progress progress(Path path, long files, long lost) {
    return new Progress(path, Progress.Unit.FILES, files, OptionalLong.empty(), lost);
  }

  private void check() {
    if (Thread.currentThread().isInterrupted()) {
      String resume = "scan the tree again, or continue with the same iterator";
      throw new UncheckedIOException(
          new CancelledException("scan of " + root, progress, RangeSet.empty(), resume));
    }
  }

  @Override
  public boolean hasNext() {
    boolean more = tree.hasNext();
    if (!more && !finished) {
      finished = true;
      Events.scanFinished(root, verdict, complete, badRanges, System.nanoTime() - begin);
    }
    return more;
  }

  @Override
  public BadBlockReport next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    BadBlockReport report = tree.next();
    verdict = verdict.moreSevere(report.verdict());
    complete &= report.complete();
    badRanges += report.badRanges().size();
    long lost = report.badRanges().isEmpty() ? 0 : report.lost().total();
    progress = progress(report.path(), progress.done() + 1, progress.lost() + lost);
    listener.progress(progress);
    return report;
  }

  @Override
  public void close() {
    tree.close();
  }
}
