package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.Descriptor;
import io.github.pmem2j.internal.FileIo;
import io.github.pmem2j.internal.FileStatus;
import io.github.pmem2j.repair.SalvageProgress;
import io.github.pmem2j.repair.Salvaged;
import io.github.pmem2j.scan.BadBlockScanner;
import io.github.pmem2j.scan.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The copying behind Salvage. */
public final class SalvageCopy {
  private static final int BUFFER = 256 << 10;
  private static final long AT_ONCE = 8 << 20;

  /** How much may have to be copied again after an interruption. */
  private static final long BETWEEN_SAVES = 1L << 30;

  private final DamagedFile reader;
  private final Descriptor source;
  private final Descriptor target;

  /** Whether the source may have holes: a device has none, and refuses to be asked. */
  private final boolean holes;

  private final MapFile map;
  private final Path mapPath;
  private final SalvageProgress progress;
  private final long size;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private long done;
  private long lost;
  private long unsaved;

  private SalvageCopy(
      DamagedFile reader,
      Descriptor target,
      MapFile map,
      Path mapPath,
      SalvageProgress progress,
      long size)
      throws IOException {
    this.reader = reader;
    this.source = reader.descriptor();
    this.holes = source.status().type() == FileStatus.Type.REGULAR;
    this.target = target;
    this.map = map;
    this.mapPath = mapPath;
    this.progress = progress;
    this.size = size;
  }

  /** Copies what the map does not say is finished. */
  public static Salvaged run(Path from, Path to, Path mapPath, SalvageProgress progress)
      throws IOException {
    checkNames(from, to, mapPath);
    boolean again = Files.exists(mapPath);
    long copied = Files.exists(to) ? Files.size(to) : 0;
    if (copied > 0 && !again) {
      throw new FileAlreadyExistsException(
          to.toString(),
          null,
          "it has content and there is no mapfile "
              + mapPath
              + " to say which of it is salvaged: name a new file, or the mapfile it was made with");
    }
    try (DamagedFile reader = DamagedFile.open(from, BadBlockScanner::scan)) {
      long size = reader.size();
      MapFile map = again ? MapFile.load(mapPath, size) : new MapFile(size);
      if (copied > size) {
        throw new FileAlreadyExistsException(
            to.toString(),
            from.toString(),
            "it is longer, so no copy of that: name a new file, with a mapfile of its own");
      }
      map.mark(copied, size - copied, MapFile.NOT_TRIED); // It may be gone, or cut.
      String identity = identity(reader.descriptor());
      if (!map.source().isEmpty() && !map.source().equals(identity)) {
        throw new FileAlreadyExistsException(
            to.toString(),
            from.toString(),
            ("it is a copy of another file (%s: %s; this one is %s): name a new file, with a"
                    + " mapfile of its own; or if this is the same one, moved, take the line"
                    + " about the source out of the mapfile")
                .formatted(mapPath, map.source(), identity));
      }
      map.source(identity);
      try (Descriptor target = Descriptor.open(to, Descriptor.Mode.WRITE, Descriptor.Mode.CREATE)) {
        return new SalvageCopy(reader, target, map, mapPath, progress, size).run();
      }
    }
  }

  /** What tells a file from others; of a device, nothing that would last. */
  private static String identity(Descriptor source) throws IOException {
    if (source.status().type() != FileStatus.Type.REGULAR) {
      return "";
    }
    Identity identity = Identity.of(source);
    return "inode " + identity.inode() + ", generation " + identity.generation();
  }

  /** Neither the copy nor its map may be written over the source, or over each other. */
  private static void checkNames(Path from, Path to, Path mapPath) throws IOException {
    if (sameFile(from, to)) {
      throw new FileAlreadyExistsException(
          to.toString(), from.toString(), "a file cannot be its own copy: name another");
    }
    for (Path map : List.of(mapPath, FileIo.draft(mapPath))) {
      if (sameFile(map, from) || sameFile(map, to)) {
        throw new FileAlreadyExistsException(
            map.toString(), null, "the mapfile would be written over it: name another mapfile");
      }
      if (Files.exists(map) && !Files.isRegularFile(map)) {
        throw new FileAlreadyExistsException(
            map.toString(), null, "it is no regular file, so no mapfile: name another");
      }
    }
  }

  private static boolean sameFile(Path one, Path other) throws IOException {
    return Files.exists(one) && Files.exists(other)
        ? Files.isSameFile(one, other)
        : one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private Salvaged run() throws IOException {
    FileIo.truncate(target, size);
    map.save(mapPath, 0);
    List<Range> todo = new ArrayList<>(map.all(MapFile.NOT_TRIED));
    todo.addAll(map.all(MapFile.LOST));
    done = size - todo.stream().mapToLong(Range::length).sum();
    for (Range range : todo) {
      copy(range);
    }
    save(size);
    return new Salvaged(size, map.all(MapFile.LOST));
  }

  private void copy(Range range) throws IOException {
    long at = range.offset();
    while (at < range.end()) {
      OptionalLong data = holes ? FileIo.nextData(source, at) : OptionalLong.of(at);
      long begin = Math.min(data.orElse(range.end()), range.end());
      copyHole(at, begin);
      long end = range.end();
      if (holes && begin < end) {
        end = Math.min(FileIo.nextHole(source, begin).orElse(end), end);
      }
      for (at = begin; at < end; ) {
        long count = copyWhole(at, Math.min(end - at, AT_ONCE));
        at += count > 0 ? count : copyChunk(at, (int) Math.min(end - at, BUFFER));
      }
    }
  }

  /** A hole stays one; but what an interrupted repair has zeroed may be a hole, and is lost. */
  private void copyHole(long offset, long end) throws IOException {
    long at = offset;
    for (Range zeroed : reader.zeroed(offset, end)) {
      finished(at, zeroed.offset() - at);
      for (at = zeroed.offset(); at < zeroed.end(); ) {
        at += copyChunk(at, (int) Math.min(zeroed.end() - at, BUFFER));
      }
    }
    finished(at, end - at);
  }

  private void finished(long offset, long length) {
    map.mark(offset, length, MapFile.FINISHED);
    done += length;
    progress.copied(done, size, lost);
  }

  /** The fast way, as far as it goes: up to an error, or to where damage is known. */
  private long copyWhole(long offset, long length) throws IOException {
    if (reader.damageKnown(offset, length)) {
      return 0;
    }
    long count = FileIo.copy(source, target, offset, length);
    copied(offset, count);
    return count;
  }

  private long copyChunk(long offset, int length) throws IOException {
    Salvaged chunk = reader.read(offset, buffer.clear().limit(length));
    if (chunk.length() == 0) {
      throw shorter();
    }
    Range whole = new Range(offset, chunk.length());
    for (Range good : Ranges.without(whole, chunk.lost())) {
      int from = (int) (good.offset() - offset);
      FileIo.write(target, buffer.limit(from + (int) good.length()).position(from), good.offset());
    }
    lost += chunk.lost().stream().mapToLong(Range::length).sum();
    copied(offset, chunk.length());
    chunk.lost().forEach(range -> map.mark(range.offset(), range.length(), MapFile.LOST));
    return chunk.length();
  }

  private void copied(long offset, long length) throws IOException {
    if (unsaved >= BETWEEN_SAVES) {
      save(offset);
    }
    finished(offset, length);
    unsaved += length;
  }

  private IOException shorter() {
    return new IOException(
        source.path()
            + ": it was "
            + size
            + " bytes long when the copy began and is shorter now: stop what writes to it, delete "
            + mapPath
            + " and the copy, and salvage again");
  }

  /** What the map calls finished is on the medium. */
  private void save(long position) throws IOException {
    FileStatus status = source.status();
    if (status.type() == FileStatus.Type.REGULAR && status.size() < size) {
      throw shorter(); // what lay behind its end was not read, but taken for a hole
    }
    FileIo.sync(target);
    map.save(mapPath, position);
    unsaved = 0;
  }
}
