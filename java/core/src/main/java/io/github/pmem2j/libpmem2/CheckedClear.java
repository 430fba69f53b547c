package io.github.pmem2j.libpmem2;

import static java.util.stream.Collectors.joining;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.FileScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/** Clears ranges of a source if all of them are bad now. */
final class CheckedClear {
  private static final int BATCH = 256;

  private final Handle source;
  private final Path path;

  CheckedClear(Handle source, Path path) {
    this.source = source;
    this.path = path;
  }

  /**
   * Checks that ranges are reported ones, or aligned parts of them.
   *
   * @throws IllegalArgumentException if one is not
   */
  void checkReported(Collection<ByteRange> ranges, RangeSet reported, long unit) {
    for (ByteRange range : ranges) {
      if (range.isEmpty() || !reported.contains(range)) {
        throw new IllegalArgumentException(
            path
                + ": "
                + range
                + " was not reported as bad: nothing was cleared; clear only what next() or"
                + " remaining() returned");
      }
      for (long edge : new long[] {range.offset(), range.end()}) {
        if (edge % unit != 0 && !isEdge(reported, edge)) {
          throw new IllegalArgumentException(
              path
                  + ": "
                  + range
                  + " is a part of a bad block and not aligned to "
                  + unit
                  + " bytes: nothing was cleared");
        }
      }
    }
  }

  /** Whether a range of the set begins or ends at this byte. */
  private static boolean isEdge(RangeSet set, long offset) {
    int index = set.firstEndingAfter(offset);
    return (index < set.count() && set.offset(index) == offset)
        || (index > 0 && set.end(index - 1) == offset);
  }

  /**
   * Clears ranges by a new context.
   *
   * @param link the link of /proc to the open file, which is scanned first; null for a dax device
   * @throws NotBadException if not all of them are bad now
   */
  void clear(RangeSet wanted, Path link, ClearListener listener) throws IOException {
    try (Handle fresh = Pmem2.badBlockContextNew(source, path)) {
      fresh.use(
          context -> {
            RangeSet good = wanted.minus(read(context));
            if (!good.isEmpty()) {
              throw new NotBadException(
                  path
                      + ": "
                      + good
                      + " is no longer reported as bad: nothing was cleared; list again",
                  good);
            }
            if (link != null) {
              checkScanned(wanted, link);
            }
            for (ByteRange range : wanted) {
              listener.clearing(range);
              Pmem2.badBlockClear(context, range.offset(), range.length(), path);
              listener.cleared(range);
            }
            return null;
          });
    }
  }

  private RangeSet read(long context) throws IOException {
    RangeSet.Builder blocks = RangeSet.builder();
    Pmem2.Batch batch = new Pmem2.Batch(BATCH);
    do {
      Pmem2.badBlockNext(context, batch, path);
      for (int i = 0; i < batch.count(); i++) {
        blocks.add(batch.offset(i), batch.length(i));
      }
    } while (!batch.end());
    return blocks.build();
  }

  private void checkScanned(RangeSet wanted, Path link) throws IOException {
    BadBlockReport report;
    try (Descriptor file = Descriptor.openPath(link, path)) {
      report = new FileScan(Host.local()).scan(file);
    }
    if (report.verdict() == Verdict.NOT_PMEM) {
      return; // The scanner has no list there.
    }
    RangeSet good = wanted.minus(report.blocks());
    if (!good.isEmpty()) {
      String reasons =
          report.reasons().stream().map(reason -> ", " + reason.code()).collect(joining());
      throw new NotBadException(
          path
              + ": "
              + good
              + " is not bad, by where the file lies"
              + reasons
              + ": libpmem2 would zero healthy data, and nothing was cleared; \"pmem2j scan\" says"
              + " more, and \"pmem2j repair\" clears no more than is bad",
          good);
    }
  }
}
