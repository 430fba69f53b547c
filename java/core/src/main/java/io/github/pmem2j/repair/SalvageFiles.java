package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.DirectoryEntry;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.TemporaryFile;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The files of a salvage: the source, the copy and the mapfile, each opened once. Nothing with
 * content is written to unless the mapfile shows that an earlier salvage of this source wrote it.
 */
final class SalvageFiles implements AutoCloseable {
  private static final String CONTINUE =
      "when that is mended, run the same again: it continues where it was";

  private final DamagedFile reader;
  private final SalvageOptions options;
  private final DirectoryEntry copy;
  private final DirectoryEntry mapEntry;
  private final long size;
  private Descriptor target;
  private SalvageMap map;
  private boolean created;
  private boolean mapExisted;
  private boolean begun;

  /** Whether the mapfile on the medium has a block that is finished. */
  private boolean vouched;

  /** Checks all of them, and creates the copy where there is none, after everything else. */
  SalvageFiles(DamagedFile reader, Path to, Path mapPath, SalvageOptions options)
      throws IOException {
    this.reader = reader;
    this.options = options;
    this.size = reader.size();
    DirectoryEntry first = new DirectoryEntry(to);
    this.copy = first;
    try {
      this.mapEntry = new DirectoryEntry(mapPath);
    } catch (IOException | RuntimeException e) {
      first.close();
      throw e;
    }
    try {
      open();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open() throws IOException {
    checkNames();
    boolean exists = copy.exists();
    if (exists) {
      openCopy();
    }
    mapExisted = mapEntry.exists();
    map = mapExisted ? load() : new SalvageMap(0);
    SalvageIdentity source = SalvageIdentity.ofSource(reader.descriptor(), size, reader.sysfs());
    check(source);
    if (!exists) {
      target =
          Descriptor.open(
              copy.access(), copy.path(), Descriptor.Mode.WRITE, Descriptor.Mode.CREATE_NEW);
      created = true;
      lock();
    }
    if (options.restart()) {
      map = new SalvageMap(0);
    }
    map.extend(size);
    map.identify(source, SalvageIdentity.ofTarget(target));
    long copied = options.restart() ? 0 : target.status().size();
    map.mark(copied, size - copied, SalvageMap.NOT_TRIED); // it is gone, or was cut off
    vouched = !map.all(SalvageMap.FINISHED).isEmpty();
    if (!map.all(SalvageMap.NOT_TRIED).isEmpty()) {
      map.completed(null);
    } else if (size > 0 && map.completed().isEmpty()) {
      map.completed(Files.getLastModifiedTime(mapEntry.access()).toInstant());
    }
  }

  /** Neither the copy nor its map may be the source, or each other. */
  private void checkNames() throws IOException {
    if (copy.exists() && copy.isOf(reader.descriptor())) {
      throw refused(copy.path(), "a file cannot be its own copy: name another");
    }
    boolean same =
        mapEntry.exists()
            ? mapEntry.isOf(reader.descriptor()) || isCopy()
            : mapEntry.path().getFileName().equals(copy.path().getFileName())
                && mapEntry.directory().status().sameFile(copy.directory().status());
    if (same) {
      throw refused(mapEntry.path(), "the mapfile would be written over it: name another mapfile");
    }
  }

  private boolean isCopy() throws IOException {
    if (!copy.exists()) {
      return false;
    }
    try (Descriptor named = Descriptor.openPath(copy.access(), copy.path())) {
      return mapEntry.isOf(named);
    }
  }

  private void openCopy() throws IOException {
    requireRegular(copy, "copy");
    target =
        Descriptor.open(copy.access(), copy.path(), Descriptor.Mode.WRITE, Descriptor.Mode.CREATE);
    if (target.status().type() != FileStatus.Type.REGULAR) {
      throw refused(copy.path(), "it is no regular file, so no copy: name another");
    }
    lock();
  }

  private static void requireRegular(DirectoryEntry entry, String what) throws IOException {
    if (Files.isSymbolicLink(entry.access())) {
      throw refused(entry.path(), "it is a symbolic link: name the " + what + " that it leads to");
    }
    if (!Files.isRegularFile(entry.access(), LinkOption.NOFOLLOW_LINKS)) {
      throw refused(entry.path(), "it is no regular file, so no " + what + ": name another");
    }
  }

  private void lock() throws IOException {
    boolean locked;
    try {
      locked = FileIo.tryLock(target);
    } catch (IOException e) {
      return; // no locks on this file system
    }
    if (!locked) {
      throw refused(
          copy.path(), "another process is writing to this copy: wait for it, or name another");
    }
  }

  private SalvageMap load() throws IOException {
    requireRegular(mapEntry, "mapfile");
    try (Descriptor file =
            Descriptor.open(mapEntry.access(), mapEntry.path(), Descriptor.Mode.READ);
        // Not a channel, which an interrupt of the thread would close.
        InputStream input = new BufferedInputStream(new FileInputStream(file.link().toFile()))) {
      SalvageMap loaded = SalvageMap.parse(input);
      if (!loaded.hasStatus() && file.status().size() > 0) {
        throw new SalvageMap.MalformedException("it has no status line");
      }
      return loaded;
    } catch (SalvageMap.MalformedException e) {
      throw new IOException(
          mapEntry.path()
              + ": it is no mapfile of ddrescue ("
              + e.getMessage()
              + "), so it is not overwritten: name another mapfile",
          e);
    }
  }

  /** Whether the map shows that the copy is one of this source, as it is now. */
  private void check(SalvageIdentity source) throws IOException {
    long copied = target == null ? 0 : target.status().size();
    String changes = map.source().changes(source);
    boolean ours =
        target != null
            && !map.target().isEmpty()
            && map.target().changes(SalvageIdentity.ofTarget(target)).isEmpty();
    if (options.restart()) {
      if (copied > 0 && !ours) {
        throw refused(
            copy.path(),
            "it has content, and "
                + mapEntry.path()
                + " does not show that a salvage wrote it, so it is not overwritten: name a new"
                + " file, with a mapfile of its own");
      }
      return;
    }
    if (!changes.isEmpty()) {
      throw refused(
          copy.path(),
          ("%s is not what it was when this copy was begun (%s: %s): to copy it anew, over this"
                  + " copy, say --restart; to keep the copy, name a new one, with a mapfile of its"
                  + " own")
              .formatted(reader.path(), mapEntry.path(), changes));
    }
    if (map.end() > size && !(map.endless() && tried() <= size)) {
      throw refused(
          mapEntry.path(),
          "its last block ends at %d, past the end of %s at %d, so it is the map of another file: name another"
              .formatted(map.end(), reader.path(), size));
    }
    if (copied > size) {
      throw refused(
          copy.path(),
          "it is longer than "
              + reader.path()
              + ", so no copy of it: name a new file, with a mapfile of its own");
    }
    boolean finished = !map.all(SalvageMap.FINISHED).isEmpty();
    boolean foreign = map.source().isEmpty() || (copied > 0 && !ours);
    if (foreign && (finished || copied > 0)) {
      checkForeign(copied, finished);
    } else if (copied > 0 && !finished && FileIo.nextData(target, 0).isPresent()) {
      throw refused(
          copy.path(),
          "it has content, and nothing of it is finished in "
              + mapEntry.path()
              + ": if it may be overwritten, say --restart, else name a new file");
    }
  }

  /** The end of what the map says was tried. */
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
          copy.path(),
          "it has content and there is no mapfile "
              + mapEntry.path()
              + " to say which of it is salvaged: name a new file, or the mapfile it was made with");
    }
    if (!finished) {
      throw refused(
          copy.path(),
          "it has content, and nothing in "
              + mapEntry.path()
              + " says that a salvage wrote it: name a new file, or the mapfile it was made with");
    }
    if (!options.foreignMap()) {
      throw refused(
          copy.path(),
          mapEntry.path()
              + " does not identify this copy and its source (GNU ddrescue wrote it, or the copy"
              + " was moved or replaced): if they belong together, say --foreign-map, else name a"
              + " new file, with a mapfile of its own");
    }
    long needed = map.all(SalvageMap.FINISHED).stream().mapToLong(ByteRange::end).max().orElse(0);
    if (map.end() < size || copied < needed) {
      throw refused(
          mapEntry.path(),
          ("its blocks end at %d and the finished ones at %d, but %s has %d bytes and %s has %d:"
                  + " they do not belong together")
              .formatted(map.end(), needed, reader.path(), size, copy.path(), copied));
    }
  }

  private static FileAlreadyExistsException refused(Path path, String why) {
    return new FileAlreadyExistsException(path.toString(), null, why);
  }

  DamagedFile reader() {
    return reader;
  }

  Descriptor target() {
    return target;
  }

  SalvageMap map() {
    return map;
  }

  long size() {
    return size;
  }

  /** Gives the copy its size, once the map is on the medium. */
  void begin() throws IOException {
    save(0);
    begun = true;
    try {
      if (options.restart()) {
        FileIo.truncate(target, 0);
      }
      FileIo.truncate(target, size);
    } catch (IOException e) {
      throw NativeError.advised(
          e, "name a copy on a file system with space for " + size + " bytes");
    }
  }

  /** Whether the mapfile has a block that is finished. */
  boolean vouched() {
    return vouched;
  }

  /** Writes to the copy. */
  void write(ByteBuffer bytes, long offset) throws IOException {
    try {
      FileIo.write(target, bytes, offset);
    } catch (IOException e) {
      throw NativeError.advised(e, CONTINUE);
    }
  }

  /** What the map calls finished is on the medium. */
  void save(long position) throws IOException {
    try {
      FileIo.sync(target);
    } catch (IOException e) {
      throw NativeError.advised(e, CONTINUE);
    }
    try (TemporaryFile temporary = new TemporaryFile(mapEntry)) {
      byte[] text = map.text(position).getBytes(StandardCharsets.ISO_8859_1);
      FileIo.takeRights(temporary.file(), target);
      FileIo.write(temporary.file(), ByteBuffer.wrap(text), 0);
      FileIo.sync(temporary.file());
      temporary.rename();
    } catch (IOException e) {
      throw NativeError.advised(
          e, "the mapfile cannot be written: free space there, or name another place (--map)");
    }
    vouched = !map.all(SalvageMap.FINISHED).isEmpty();
  }

  /**
   * After a failure: a copy of which nothing is finished would be in the way of the next run. One
   * that has more keeps it.
   *
   * @param valid whether the map is right in what it calls finished
   */
  void abandon(boolean valid) {
    try {
      if (vouched) {
        if (valid) {
          save(0);
        }
        return;
      }
      if (created && copy.isOf(target)) {
        Files.delete(copy.access());
      } else if (begun) {
        FileIo.truncate(target, 0);
      }
      if (begun && !mapExisted) {
        Files.deleteIfExists(mapEntry.access());
      }
    } catch (IOException e) {
      return; // the failure itself is reported
    }
  }

  @Override
  public void close() {
    if (target != null) {
      target.close();
    }
    copy.close();
    mapEntry.close();
  }
}
