package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.PathBytes;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.DirectoryEntry;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.TemporaryFile;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The mapfile of a salvage, which only one salvage uses at a time. It is replaced only while it is
 * the file that was read or written last. Errors name it.
 */
final class SalvageMapFile implements AutoCloseable {
  private static final String IN_USE =
      "another process is writing to this mapfile: wait for it, or name another";

  private final DirectoryEntry entry;

  /** The file that was read or written last, with a lock; null if there was none. */
  private Descriptor current;

  /** Opens its directory. */
  SalvageMapFile(Path path) throws IOException {
    entry = new DirectoryEntry(path);
  }

  /** Its name. */
  DirectoryEntry entry() {
    return entry;
  }

  /** Reads a file that exists. */
  SalvageMap load() throws IOException {
    current = Descriptor.open(entry.access(), entry.path(), Descriptor.Mode.READ);
    SalvageCheck.lock(current, IN_USE);
    if (!entry.isOf(current)) {
      throw refused(IN_USE);
    }
    try {
      SalvageMap loaded = read(current);
      if (!loaded.hasStatus() && current.status().size() > 0) {
        throw new SalvageMap.MalformedException("it has no status line");
      }
      return loaded;
    } catch (SalvageMap.MalformedException e) {
      throw new IOException(
          entry.path()
              + ": it is no mapfile of ddrescue ("
              + e.getMessage()
              + "), so it is not overwritten: name another mapfile",
          e);
    }
  }

  /** The mapfile of a copy, unless another was named. */
  static Path beside(Path copy) {
    return PathBytes.sibling(copy, "", ".map");
  }

  /**
   * What a salvage, or ddrescue, has not copied to a file, if a mapfile lies beside it: there the
   * file has zeros. The identity in the mapfile is not compared, because both may have been moved.
   */
  static RangeSet missing(Descriptor copy) throws IOException {
    try (DirectoryEntry entry = new DirectoryEntry(beside(copy.link().toRealPath()))) {
      if (!Files.isRegularFile(entry.access())) {
        return RangeSet.empty();
      }
      try (Descriptor file = Descriptor.open(entry.access(), entry.path(), Descriptor.Mode.READ)) {
        SalvageMap map = read(file);
        long size = copy.status().size();
        return map.ofScan() || (map.end() != size && !map.endless())
            ? RangeSet.empty()
            : map.all(SalvageMap.FINISHED).complementIn(new ByteRange(0, size));
      } catch (SalvageMap.MalformedException e) {
        return RangeSet.empty(); // It was written by another program.
      }
    }
  }

  private static SalvageMap read(Descriptor file)
      throws IOException, SalvageMap.MalformedException {
    // Not a channel, which an interrupt of the thread would close.
    try (InputStream input = new BufferedInputStream(new FileInputStream(file.link().toFile()))) {
      return SalvageMap.parse(input);
    } catch (IOException e) {
      throw new IOException(
          file.path()
              + ": this mapfile cannot be read ("
              + NativeError.cause(e)
              + "), so nothing is written to the copy: restore the mapfile, or name a new copy with"
              + " a mapfile of its own",
          e);
    }
  }

  /**
   * Replaces it once the new one is on the medium. Only users who can read the copy can read it.
   *
   * @throws FileAlreadyExistsException if another program has written a file of this name meanwhile
   */
  void save(String text, Descriptor copy) throws IOException {
    boolean exists = current != null && entry.exists();
    if (exists && !entry.isOf(current)) {
      throw refused("another program has replaced it: name another mapfile");
    }
    try (TemporaryFile temporary = new TemporaryFile(entry)) {
      Descriptor next = temporary.file().reopen(Descriptor.Mode.READ);
      try {
        SalvageCheck.lock(next, IN_USE);
        FileIo.takeRights(temporary.file(), copy);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        FileIo.write(temporary.file(), ByteBuffer.wrap(bytes), 0);
        FileIo.sync(temporary.file());
        temporary.rename(exists);
      } catch (IOException | RuntimeException e) {
        next.close();
        throw e;
      }
      closeCurrent();
      current = next;
    } catch (FileAlreadyExistsException e) {
      throw refused("another program has created it: name another mapfile");
    } catch (IOException e) {
      throw NativeError.advised(
          e, "the mapfile cannot be written: free space there, or name another place (--map)");
    }
  }

  /** Removes it, unless another program has replaced it. */
  void delete() throws IOException {
    if (current != null && entry.exists() && entry.isOf(current)) {
      entry.delete();
    }
  }

  private FileAlreadyExistsException refused(String why) {
    return SalvageCheck.refused(entry.path(), why);
  }

  private void closeCurrent() {
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void close() {
    closeCurrent();
    entry.close();
  }
}
