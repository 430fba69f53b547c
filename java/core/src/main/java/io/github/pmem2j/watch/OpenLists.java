package io.github.pmem2j.watch;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.ListFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
 * The lists below the watched paths, held open. Only for the watch's thread, except {@link #close},
 * which closes the descriptors; the handle of each prevents a use after that.
 */
final class OpenLists implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger("io.github.pmem2j");

  private final List<Path> paths;
  private final ListFinder finder;
  private final WatchedFiles files = new WatchedFiles();
  private final CxlEvents cxlEvents;
  private final BadFileEvents badFiles = new BadFileEvents(files);
  private final Map<BadBlockSource, WatchedList> lists = new LinkedHashMap<>();

  /** The lists below each path when it was last found. */
  private final Map<Path, ListFinder.Found> below = new HashMap<>();

  /** Why a path cannot be found now. */
  private final Map<Path, String> missing = new HashMap<>();

  private Set<WatchGap> unwatched = Set.of();

  OpenLists(List<Path> paths, Host host) {
    this.paths = paths;
    this.finder = new ListFinder(host);
    this.cxlEvents = new CxlEvents(host.sys(), files);
  }

  /** The ranges that one list has gained and lost. */
  record Difference(String device, RangeSet gained, RangeSet lost, boolean complete) {
    boolean isEmpty() {
      return gained.isEmpty() && lost.isEmpty();
    }
  }

  /** Opens a file, to be closed with the lists. */
  Descriptor open(Path path) throws IOException {
    return files.open(path);
  }

  /** Closes every descriptor; waits for a read, and for a wait that is about to end. */
  @Override
  public void close() {
    files.close();
    cxlEvents.close();
  }

  /** The lists to poll. */
  List<Descriptor> descriptors() {
    return lists.values().stream().map(WatchedList::descriptor).toList();
  }

  /** The descriptors of lists that CXL devices fill. */
  List<Descriptor> filledByDevices() {
    return lists.values().stream()
        .filter(list -> list.list().filledBy().kind() == ErrorSource.Kind.DEVICE_LIST)
        .map(WatchedList::descriptor)
        .toList();
  }

  /** The events of the files that are bad. */
  BadFileEvents badFiles() {
    return badFiles;
  }

  /** The pipes to poll: that of CXL's events, if such a list is watched. */
  List<Descriptor> pipes() {
    return cxlEvents.pipes();
  }

  /** The files of the kernel that are open. */
  List<Path> files() {
    return lists.keySet().stream().map(BadBlockSource::file).toList();
  }

  /** How many ranges are listed. */
  long badRanges() {
    return lists.values().stream().mapToLong(list -> list.ranges().count()).sum();
  }

  /** The gaps that the last {@link #update} found. */
  Set<WatchGap> unwatched() {
    return unwatched;
  }

  /**
   * The changes that an update found.
   *
   * @param differences of each list; of one that was not below the path before, all its ranges
   * @param affected the paths below which something has changed, or may have: when a list notifies,
   *     a file may have moved onto a listed range, or off it
   */
  record Update(List<Difference> differences, Set<Path> affected) {}

  /**
   * Reads every list again and resolves the paths to the lists below them now: opens new ones,
   * closes those that are gone or no longer needed.
   *
   * @param notified the descriptors of lists that have notified
   */
  Update update(Set<Descriptor> notified) {
    cxlEvents.discard();
    List<Difference> differences = new ArrayList<>();
    Set<BadBlockSource> changed = new HashSet<>();
    for (WatchedList list : List.copyOf(lists.values())) {
      boolean mayHit = notified.contains(list.descriptor()) && !list.ranges().isEmpty();
      Difference difference = read(list);
      if (difference == null) {
        lists.remove(list.list());
      } else {
        differences.add(difference);
      }
      if (mayHit || difference == null || !difference.isEmpty()) {
        changed.add(list.list());
      }
    }
    Set<Path> affected = new HashSet<>();
    for (Path path : paths) {
      if (below.containsKey(path) && !Collections.disjoint(below.get(path).lists(), changed)) {
        affected.add(path);
      }
    }
    follow(differences, affected);
    differences.removeIf(Difference::isEmpty);
    return new Update(differences, affected);
  }

  /** Reads a list again; null, and it is closed, if its device was removed. */
  private Difference read(WatchedList list) {
    RangeSet before = list.ranges();
    try {
      list.read();
    } catch (IOException e) {
      LOGGER.info("{} is gone", list.list(), e);
      files.close(list.descriptor());
      return null;
    }
    return new Difference(
        list.list().device(),
        list.ranges().minus(before),
        before.minus(list.ranges()),
        list.complete());
  }

  private void follow(List<Difference> differences, Set<Path> affected) {
    Set<WatchGap> obstacles = new LinkedHashSet<>();
    Set<BadBlockSource> openBefore = Set.copyOf(lists.keySet());
    for (Path path : paths) {
      List<BadBlockSource> belowBefore = below(path);
      if (find(path, obstacles)) {
        affected.add(path);
      }
      for (BadBlockSource list : below(path)) {
        try {
          if (list.filledBy().kind() == ErrorSource.Kind.DEVICE_LIST) {
            awaitPoison(path, list, obstacles);
          }
          open(list, differences);
          if (!openBefore.contains(list)) {
            affected.add(path); // It may hit files that have moved since the last scan.
          }
          if (openBefore.contains(list) && !belowBefore.contains(list)) {
            differences.add(all(lists.get(list))); // It was open for another path.
          }
        } catch (IOException e) {
          obstacles.add(new WatchGap(path, list + " cannot be watched: " + NativeError.cause(e)));
        }
      }
    }
    Set<BadBlockSource> needed = new HashSet<>();
    paths.forEach(path -> needed.addAll(below(path)));
    List<BadBlockSource> idle = lists.keySet().stream().filter(l -> !needed.contains(l)).toList();
    idle.forEach(list -> files.close(lists.remove(list).descriptor()));
    unwatched = obstacles;
  }

  private List<BadBlockSource> below(Path path) {
    return below.containsKey(path) ? below.get(path).lists() : List.of();
  }

  /** Finds what is below a path; true if that has changed. */
  private boolean find(Path path, Set<WatchGap> obstacles) {
    try {
      ListFinder.Found found = finder.below(path);
      found.reasons().forEach(reason -> obstacles.add(new WatchGap(path, reason)));
      ListFinder.Found before = below.put(path, found);
      return missing.remove(path) != null || before == null || !found.sameAs(before);
    } catch (IOException e) {
      // It may soon be replaced, and nothing notifies of that.
      String cause = NativeError.cause(e);
      String name = path + ": "; // The gap has the path already.
      String reason = cause.startsWith(name) ? cause.substring(name.length()) : cause;
      obstacles.add(new WatchGap(path, reason));
      return !reason.equals(missing.put(path, reason));
    }
  }

  /** Collects CXL's events, before the list is read, or adds why that fails. */
  private void awaitPoison(Path path, BadBlockSource list, Set<WatchGap> obstacles) {
    try {
      cxlEvents.open();
    } catch (IOException | IllegalStateException e) {
      obstacles.add(
          new WatchGap(
              path,
              list.device()
                  + " is on CXL, and the events of its device cannot be traced: "
                  + NativeError.cause(e)));
    }
  }

  private static Difference all(WatchedList list) {
    return new Difference(list.list().device(), list.ranges(), RangeSet.empty(), list.complete());
  }

  private void open(BadBlockSource list, List<Difference> differences) throws IOException {
    if (!lists.containsKey(list)) {
      WatchedList opened = new WatchedList(list, open(list.file()));
      Difference difference = read(opened);
      if (difference == null) {
        throw new IOException("its device is gone");
      }
      differences.add(difference);
      lists.put(list, opened);
    }
  }
}
