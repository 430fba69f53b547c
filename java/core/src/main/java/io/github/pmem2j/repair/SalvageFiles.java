package io.github.pmem2j.repair;

import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.DirectoryEntry;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * The files of a salvage: the source, the copy and the mapfile, each opened once. A file with
 * content is written to only if the mapfile shows that an earlier salvage of this source wrote it.
 */
final class SalvageFiles implements AutoCloseable {
  private static final String CONTINUE =
      "fix that and run the same again: it continues where it stopped";

  private final DamagedFile reader;
  private final SalvageOptions options;
  private final DirectoryEntry copy;
  private final SalvageMapFile mapFile;
  private final long size;
  private Descriptor target;
  private SalvageMap map;
  private boolean created;
  private boolean mapExisted;
  private boolean begun;

  /** Whether the mapfile on the medium has a block that is finished. */
  private boolean vouched;

  /** Checks all of them, and then creates the copy if there is none. */
  SalvageFiles(DamagedFile reader, Path to, Path mapPath, SalvageOptions options)
      throws IOException {
    this.reader = reader;
    this.options = options;
    this.size = reader.size();
    DirectoryEntry first = new DirectoryEntry(to);
    this.copy = first;
    try {
      this.mapFile = new SalvageMapFile(mapPath);
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
    mapExisted = mapFile.entry().exists();
    if (mapExisted) {
      requireRegular(mapFile.entry(), "mapfile");
    }
    map = mapExisted ? mapFile.load() : new SalvageMap(0);
    SalvageIdentity source = SalvageIdentity.ofSource(reader.descriptor(), size, reader.sysfs());
    new SalvageCheck(this).check(source);
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
    map.mark(copied, size - copied, SalvageMap.NOT_TRIED); // It was removed or truncated.
    if (!map.all(SalvageMap.NOT_TRIED).isEmpty()) {
      map.completed(null);
    } else if (size > 0 && map.completed().isEmpty()) {
      map.completed(Files.getLastModifiedTime(mapFile.entry().access()).toInstant());
    }
  }

  /** Neither the copy nor its map may be the source, or each other. */
  private void checkNames() throws IOException {
    DirectoryEntry mapEntry = mapFile.entry();
    if (copy.exists() && copy.isOf(reader.descriptor())) {
      throw SalvageCheck.refused(copy.path(), "a file cannot be its own copy: name another");
    }
    boolean same =
        mapEntry.exists()
            ? mapEntry.isOf(reader.descriptor()) || isCopy()
            : mapEntry.path().getFileName().equals(copy.path().getFileName())
                && mapEntry.directory().status().sameFile(copy.directory().status());
    if (same) {
      throw SalvageCheck.refused(
          mapEntry.path(), "the mapfile would be written over it: name another mapfile");
    }
  }

  private boolean isCopy() throws IOException {
    if (!copy.exists()) {
      return false;
    }
    try (Descriptor named = Descriptor.openPath(copy.access(), copy.path())) {
      return mapFile.entry().isOf(named);
    }
  }

  private void openCopy() throws IOException {
    requireRegular(copy, "copy");
    target =
        Descriptor.open(copy.access(), copy.path(), Descriptor.Mode.WRITE, Descriptor.Mode.CREATE);
    if (target.status().type() != FileStatus.Type.REGULAR) {
      throw SalvageCheck.refused(copy.path(), "not a regular file: name another file for the copy");
    }
    lock();
  }

  private static void requireRegular(DirectoryEntry entry, String what) throws IOException {
    if (Files.isSymbolicLink(entry.access())) {
      throw SalvageCheck.refused(
          entry.path(), "it is a symbolic link: name the " + what + " that it leads to");
    }
    if (!Files.isRegularFile(entry.access(), LinkOption.NOFOLLOW_LINKS)) {
      throw SalvageCheck.refused(
          entry.path(), "not a regular file: name another file for the " + what);
    }
  }

  private void lock() throws IOException {
    SalvageCheck.lock(
        target, "another process is writing to this copy: wait for it, or name another");
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

  Path copyPath() {
    return copy.path();
  }

  Path mapPath() {
    return mapFile.entry().path();
  }

  boolean mapExisted() {
    return mapExisted;
  }

  SalvageOptions options() {
    return options;
  }

  long size() {
    return size;
  }

  /** Gives the copy its size, once the map is on the medium. */
  void begin() throws IOException {
    save(0);
    if (options.restart()) {
      syncMapName();
    }
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

  /** After a power cut, a map of the copy before would list bytes as finished that are not. */
  private void syncMapName() throws IOException {
    try {
      mapFile.entry().sync();
    } catch (IOException e) {
      // A directory that this user cannot read, or a file system that cannot sync one.
      if (!Set.of("EACCES", "EINVAL").contains(NativeError.errnoName(e))) {
        throw NativeError.advised(e, CONTINUE);
      }
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

  /** Saves the map once everything that it lists as finished is on the medium. */
  void save(long position) throws IOException {
    try {
      FileIo.sync(target);
    } catch (IOException e) {
      throw NativeError.advised(e, CONTINUE);
    }
    mapFile.save(map.text(position), target);
    vouched = !map.all(SalvageMap.FINISHED).isEmpty();
  }

  /**
   * Cleans up after a failure: removes a copy without a finished block, because it would block the
   * next run, and keeps any other.
   *
   * @param valid whether everything that the map lists as finished is
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
        mapFile.delete();
      }
    } catch (IOException e) {
      return; // The original failure is reported.
    }
  }

  @Override
  public void close() {
    if (target != null) {
      target.close();
    }
    copy.close();
    mapFile.close();
  }
}
