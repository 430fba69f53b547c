package io.github.pmem2j.libpmem2;

import static java.util.stream.Collectors.joining;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.NotBadException;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.journal.JournalLocation;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.FileScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * Clears ranges of a source if they were reported and all of them are bad now. Not thread-safe:
 * called only inside {@link Handle#use} of the context.
 */
final class CheckedClear {
  private final Handle source;
  private final Path path;

  /** The ranges returned to the caller: nothing else can be cleared. */
  private final RangeSet.Builder reported = RangeSet.builder();

  /** The ranges cleared through this object, which are not cleared again. */
  private final RangeSet.Builder cleared = RangeSet.builder();

  CheckedClear(Handle source, Path path) {
    this.source = source;
    this.path = path;
  }

  void reported(Collection<ByteRange> blocks) {
    blocks.forEach(reported::add);
  }

  /**
   * Clears ranges, except what this object has cleared before.
   *
   * @param context an open context of the source
   * @param unit what the ends of a part of a bad block are aligned to
   * @param link the link of /proc to the open file; empty for a dax device
   * @throws IllegalArgumentException if a range was not reported, or is no aligned part
   * @throws NotBadException if not all of them are bad now
   */
  void clear(
      long context,
      Collection<ByteRange> ranges,
      long unit,
      Optional<Path> link,
      ClearListener listener)
      throws IOException {
    RangeSet known = reported.build();
    for (ByteRange range : ranges) {
      checkReported(range, known, unit);
    }
    RangeSet.Builder once = RangeSet.builder().keepTouching();
    ranges.forEach(once::add);
    RangeSet wanted = once.build().minus(cleared.build());
    if (wanted.isEmpty()) {
      return;
    }
    try (Descriptor lock =
        link.isPresent()
            ? Descriptor.open(link.get(), path, Descriptor.Mode.READ)
            : JournalLocation.deviceLock()) {
      if (lock != null && !FileIo.share(lock)) { // A repair may restore a range before this clears.
        throw new IOException(
            path
                + ": another process or thread is repairing "
                + (link.isPresent() ? "it" : "a dax device")
                + " (it holds the lock, flock(2)):"
                + " nothing was cleared; wait for it, and list again");
      }
      clearIfBad(context, wanted, link, listener);
    }
  }

  private void checkReported(ByteRange range, RangeSet known, long unit) {
    if (range.isEmpty() || !known.contains(range)) {
      throw new IllegalArgumentException(
          path
              + ": "
              + range
              + " was not reported as bad: nothing was cleared; clear only what next() or"
              + " remaining() returned");
    }
    for (long edge : new long[] {range.offset(), range.end()}) {
      if (edge % unit != 0 && !isEdge(known, edge)) {
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
   */
  private void clearIfBad(
      long context, RangeSet wanted, Optional<Path> link, ClearListener listener)
      throws IOException {
    if (link.isPresent() && scanned(wanted, link.get())) {
      clear(context, wanted, listener);
      return;
    }
    try (Handle fresh = Pmem2.badBlockContextNew(source, path)) {
      fresh.use(
          now -> {
            RangeSet good = wanted.minus(RangeSet.copyOf(new BadBlockCursor(path).remaining(now)));
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
      cleared.add(range);
      listener.cleared(range);
    }
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
