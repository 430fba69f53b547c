package io.github.pmem2j.emulated;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.testkit.RecordingListener;
import io.github.pmem2j.watch.BadBlockChange;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Records the reports of a watch. The kernel may list one error in several steps, so tests check
 * the sum of the changes, in sectors, and that no sector is reported twice.
 */
final class SectorListener extends RecordingListener {
  /** The sectors of the device that were found. */
  List<Sectors> foundSectors() {
    return sectors(found());
  }

  /** The sectors of the device that were cleared. */
  List<Sectors> clearedSectors() {
    return sectors(cleared());
  }

  private static List<Sectors> sectors(List<BadBlockChange> changes) {
    TreeSet<Long> all = new TreeSet<>();
    for (BadBlockChange change : changes) {
      for (ByteRange range : change.ranges()) {
        addOnce(all, range.offset(), range.length());
      }
    }
    return joined(all);
  }

  /** The bytes that were found in files, as sectors of each file. */
  Map<Path, List<Sectors>> foundInFiles() {
    Map<Path, TreeSet<Long>> all = new TreeMap<>();
    for (BadBlockChange change : found()) {
      change
          .files()
          .forEach(
              (path, parts) -> {
                for (BadRange part : parts) {
                  addOnce(
                      all.computeIfAbsent(path, p -> new TreeSet<>()),
                      part.offset(),
                      part.length());
                }
              });
    }
    Map<Path, List<Sectors>> files = new TreeMap<>();
    all.forEach((path, sectors) -> files.put(path, joined(sectors)));
    return files;
  }

  private static void addOnce(TreeSet<Long> all, long offset, long length) {
    for (long at = offset; at < offset + length; at += Sectors.SIZE) {
      if (!all.add(at / Sectors.SIZE)) {
        throw new AssertionError("reported twice: sector " + at / Sectors.SIZE);
      }
    }
  }

  private static List<Sectors> joined(TreeSet<Long> sectors) {
    List<Sectors> joined = new CopyOnWriteArrayList<>();
    for (long sector : sectors) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).first() + joined.get(last).count() == sector) {
        joined.set(last, new Sectors(joined.get(last).first(), joined.get(last).count() + 1));
      } else {
        joined.add(new Sectors(sector, 1));
      }
    }
    return joined;
  }
}
