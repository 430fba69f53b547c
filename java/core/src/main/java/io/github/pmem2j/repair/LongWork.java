package io.github.pmem2j.repair;

import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Reports the progress of a long operation on a file, and cancels it if its thread is interrupted.
 */
final class LongWork {
  private final String operation;
  private final Path path;
  private final ProgressListener listener;

  LongWork(String operation, Path path, ProgressListener listener) {
    this.operation = operation;
    this.path = path;
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /** Reports the progress in bytes. */
  Progress report(long done, long total, long lost) {
    Progress progress = new Progress(path, Progress.Unit.BYTES, done, OptionalLong.of(total), lost);
    listener.progress(progress);
    return progress;
  }

  /**
   * A safe point.
   *
   * @throws CancelledException if the thread was interrupted; {@code resume} says how to continue
   */
  void check(Progress progress, Supplier<RangeSet> lost, String resume) throws CancelledException {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException(operation, progress, lost.get(), resume);
    }
  }

  /** A safe point before anything has been done. */
  void checkBegin() throws CancelledException {
    Progress nothing = new Progress(path, Progress.Unit.BYTES, 0, OptionalLong.empty(), 0);
    check(nothing, RangeSet::empty, "nothing was changed; run the same again");
  }
}
