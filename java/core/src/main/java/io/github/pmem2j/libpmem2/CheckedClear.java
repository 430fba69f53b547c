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
   * Checks that all ranges were reported, or are aligned parts of reported ones.
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
   * Clears ranges if the kernel, queried now, reports all of them as bad. In a file on persistent
   * memory the scanner decides: it reads the list of the device and the extents of the file.
   * Otherwise libpmem2 does, with a new context, because a context keeps the list of the time of
   * its opening.
   *
   * @param context an open context of the source
   * @param link the link of /proc to the open file; null for a dax device
   * @throws NotBadException if not all of them are bad now
   */
  void clear(long context, RangeSet wanted, Path link, ClearListener listener) throws IOException {
    if (link != null && scanned(wanted, link)) {
      clear(context, wanted, listener);
      return;
    }
    try (Handle fresh = Pmem2.badBlockContextNew(source, path)) {
      fresh.use(
          now -> {
            RangeSet good = wanted.minus(read(now));
            if (!good.isEmpty()) {
              throw new NotBadException(
                  path
                      + ": "
                      + good
                      + " is no longer reported as bad: nothing was cleared; list again",
                  good);
            }
            clear(now, wanted, listener);
            return null;
          });
    }
  }

  private void clear(long context, RangeSet wanted, ClearListener listener) throws IOException {
    for (ByteRange range : wanted) {
      listener.clearing(range);
      Pmem2.badBlockClear(context, range.offset(), range.length(), path);
      listener.cleared(range);
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

  /** Whether the scanner knows what is bad in the file; if so, all of the ranges are bad. */
  private boolean scanned(RangeSet wanted, Path link) throws IOException {
    BadBlockReport report;
    try (Descriptor file = Descriptor.openPath(link, path)) {
      report = new FileScan(Host.local()).listed(file, wanted);
    }
    if (report.verdict() == Verdict.NOT_PMEM) {
      return false; // It has no list there.
    }
    RangeSet good = wanted.minus(report.blocks());
    if (!good.isEmpty()) {
      String reasons =
          report.reasons().stream().map(reason -> ", " + reason.code()).collect(joining());
      throw new NotBadException(
          path
              + ": "
              + good
              + " is not bad, by where the file lies now"
              + reasons
              + ": libpmem2 would zero healthy data, and nothing was cleared; list again, and if it"
              + " is still listed: \"pmem2j scan\" says more, and \"pmem2j repair\" clears no more"
              + " than is bad",
          good);
    }
    return true;
  }
}
