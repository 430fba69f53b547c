package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Checks that the files of a salvage belong together, before any of them is written to. */
final class SalvageCheck {
  private final Path source;
  private final long size;
  private final Path copy;
  private final Path mapFile;
  private final SalvageMap map;
  private final boolean mapExisted;
  private final SalvageOptions options;

  /** The copy; null if there is none. */
  private final Descriptor target;

  SalvageCheck(SalvageFiles files) {
    source = files.reader().path();
    size = files.size();
    copy = files.copyPath();
    mapFile = files.mapPath();
    map = files.map();
    mapExisted = files.mapExisted();
    options = files.options();
    target = files.target();
  }

  /** Whether the map shows that the copy is a copy of this source, which has not changed since. */
  void check(SalvageIdentity identity) throws IOException {
    long copied = target == null ? 0 : target.status().size();
    String changes = map.source().changes(identity);
    boolean ours =
        target != null
            && !map.target().isEmpty()
            && map.target().changes(SalvageIdentity.ofTarget(target)).isEmpty();
    if (options.restart()) {
      if (copied > 0 && !ours) {
        throw refused(
            copy,
            "it has content, and "
                + mapFile
                + " does not show that a salvage wrote it, so it is not overwritten: name a new"
                + " file, with a mapfile of its own");
      }
      return;
    }
    if (!changes.isEmpty()) {
      throw refused(
          copy,
          ("%s has changed since this copy was begun (%s: %s): to copy it again, over this copy, use"
                  + " --restart; to keep the copy, name a new one, with a mapfile of its own")
              .formatted(source, mapFile, changes));
    }
    if (map.end() > size && !(map.endless() && tried() <= size)) {
      throw refused(
          mapFile,
          "its last block ends at %d, past the end of %s at %d, so it is the map of another file: name another"
              .formatted(map.end(), source, size));
    }
    if (copied > size) {
      throw refused(
          copy,
          "it is longer than "
              + source
              + ", so no copy of it: name a new file, with a mapfile of its own");
    }
    boolean finished = !map.all(SalvageMap.FINISHED).isEmpty();
    boolean foreign = map.source().isEmpty() || (copied > 0 && !ours);
    if (foreign && (finished || copied > 0)) {
      checkForeign(copied, finished);
    } else if (copied > 0 && !finished && FileIo.nextData(target, 0).isPresent()) {
      throw refused(
          copy,
          "it has content, and nothing of it is finished in "
              + mapFile
              + ": if it may be overwritten, use --restart, else name a new file");
    }
  }

  /** The end of the tried blocks of the map. */
  private long tried() {
    return Stream.of(SalvageMap.FINISHED, SalvageMap.LOST)
        .flatMap(mark -> map.all(mark).stream())
        .mapToLong(ByteRange::end)
        .max()
        .orElse(0);
  }

  private void checkForeign(long copied, boolean finished) throws IOException {
    if (!mapExisted) {
      throw refused(
          copy,
          "it has content and there is no mapfile "
              + mapFile
              + " to say which of it is salvaged: name a new file, or the mapfile it was made with");
    }
    if (!finished) {
      throw refused(
          copy,
          "it has content, and nothing in "
              + mapFile
              + " says that a salvage wrote it: name a new file, or the mapfile it was made with");
    }
    if (!options.foreignMap()) {
      throw refused(
          copy,
          mapFile
              + " does not identify this copy and its source (GNU ddrescue wrote it, or the copy"
              + " was moved or replaced): if they belong together, use --foreign-map, else name a"
              + " new file, with a mapfile of its own");
    }
    long needed = map.all(SalvageMap.FINISHED).stream().mapToLong(ByteRange::end).max().orElse(0);
    if (map.end() < size || copied < needed) {
      throw refused(
          mapFile,
          ("its blocks end at %d and the finished ones at %d, but %s has %d bytes and %s has %d:"
                  + " they do not belong together")
              .formatted(map.end(), needed, source, size, copy, copied));
    }
  }

  /** Locks a file until it is closed, unless its file system has no locks. */
  static void lock(Descriptor file, String otherwise) throws FileAlreadyExistsException {
    boolean locked;
    try {
      locked = FileIo.tryLock(file);
    } catch (IOException e) {
      return;
    }
    if (!locked) {
      throw refused(file.path(), otherwise);
    }
  }

  static FileAlreadyExistsException refused(Path path, String why) {
    return new FileAlreadyExistsException(path.toString(), null, why);
  }
}
