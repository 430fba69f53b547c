package io.github.pmem2j.watch;

import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.scan.ListFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists below the watched paths, held open. For the watch's thread alone, but for {@link
 * #close}: that closes the descriptors, and the handle of each sees to it that the thread does not
 * use one that is closed.
 */
final class OpenLists implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  private final List<Path> paths;
  private final ListFinder finder;
  private final Map<BadBlockSource, WatchedList> lists = new LinkedHashMap<>();

  /** Which lists are below which path; of one that cannot be found now, where it was. */
  private final Map<Path, List<BadBlockSource>> below = new HashMap<>();

  private Set<WatchGap> unwatched = Set.of();

  /** All that is open; guards itself and {@link #closed}. */
  private final Set<Descriptor> descriptors = new HashSet<>();

  private boolean closed;

  OpenLists(List<Path> paths, ListFinder finder) {
    this.paths = paths;
    this.finder = finder;
  }

  /** What one list has gained and lost. */
  record Difference(String device, RangeSet gained, RangeSet lost, boolean complete) {}

  /** Opens a file, to be closed with the lists. */
  Descriptor open(Path path) throws IOException {
    Descriptor descriptor = Descriptor.open(path, Descriptor.Mode.READ);
    synchronized (descriptors) {
      if (closed) {
        descriptor.close();
        throw new IllegalStateException("the watch is closed");
      }
      descriptors.add(descriptor);
    }
    return descriptor;
  }

  private void close(WatchedList list) {
    list.descriptor().close();
    synchronized (descriptors) {
      descriptors.remove(list.descriptor());
    }
  }

  /** Closes every descriptor; waits for a read, and for a wait that is about to end. */
  @Override
  public void close() {
    synchronized (descriptors) {
      closed = true;
      descriptors.forEach(Descriptor::close);
    }
  }

  /** What is to be waited for. */
  List<Descriptor> descriptors() {
    return lists.values().stream().map(WatchedList::descriptor).toList();
  }

  /** The files of the kernel that are open. */
  List<Path> files() {
    return lists.keySet().stream().map(BadBlockSource::file).toList();
  }

  /** How many ranges are listed. */
  long badRanges() {
    return lists.values().stream().mapToLong(list -> list.ranges().count()).sum();
  }

  /** What stood in the way of the last {@link #update}. */
  Set<WatchGap> unwatched() {
    return unwatched;
  }

  /**
   * Reads every list again, and follows the paths to the lists that are below them now: opens new
   * ones, closes those that are removed or no longer needed.
   *
   * @return what has changed; of a list that was not below the path before, all that is in it
   */
  List<Difference> update() {
    List<Difference> differences = new ArrayList<>();
    lists.values().removeIf(list -> !read(list, differences));
    follow(differences);
    differences.removeIf(d -> d.gained().isEmpty() && d.lost().isEmpty());
    return differences;
  }

  /** Reads a list again; false, and it is closed, if its device was removed. */
  private boolean read(WatchedList list, List<Difference> differences) {
    RangeSet before = list.ranges();
    try {
      list.read();
    } catch (IOException e) {
      LOGGER.info("{} is gone", list.list(), e);
      close(list);
      return false;
    }
    differences.add(
        new Difference(
            list.list().device(),
            list.ranges().minus(before),
            before.minus(list.ranges()),
            list.complete()));
    return true;
  }

  private void follow(List<Difference> differences) {
    Set<WatchGap> obstacles = new LinkedHashSet<>();
    Set<BadBlockSource> before = Set.copyOf(lists.keySet());
    for (Path path : paths) {
      List<BadBlockSource> belowBefore = below.getOrDefault(path, List.of());
      try {
        ListFinder.Found found = finder.below(path);
        below.put(path, found.lists());
        found.reasons().forEach(reason -> obstacles.add(new WatchGap(path, reason)));
      } catch (IOException e) {
        // It may have been removed to be replaced, of which nothing notifies.
        obstacles.add(new WatchGap(path, NativeError.cause(e)));
      }
      for (BadBlockSource list : below.getOrDefault(path, List.of())) {
        try {
          open(list, differences);
          if (before.contains(list) && !belowBefore.contains(list)) {
            differences.add(all(lists.get(list))); // It was open for another path.
          }
        } catch (IOException e) {
          obstacles.add(new WatchGap(path, list + " cannot be watched: " + NativeError.cause(e)));
        }
      }
    }
    Set<BadBlockSource> needed = new HashSet<>();
    below.values().forEach(needed::addAll);
    List<BadBlockSource> idle = lists.keySet().stream().filter(l -> !needed.contains(l)).toList();
    idle.forEach(list -> close(lists.remove(list)));
    unwatched = obstacles;
  }

  private static Difference all(WatchedList list) {
    return new Difference(list.list().device(), list.ranges(), RangeSet.empty(), list.complete());
  }

  private void open(BadBlockSource list, List<Difference> differences) throws IOException {
    if (!lists.containsKey(list)) {
      WatchedList opened = new WatchedList(list, open(list.file()));
      if (!read(opened, differences)) {
        throw new IOException("its device is gone");
      }
      lists.put(list, opened);
    }
  }
}
