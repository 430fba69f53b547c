package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A restorer from another copy of the whole file. */
record Replica(Path path) implements RangeRestorer {
  @Override
  public void check(Path file, long size) throws IOException {
    try (Open open = new Open(path)) {
      open.check(file, size);
    }
  }

  @Override
  public void restore(ByteRange range, ByteBuffer target) throws IOException {
    try (Open open = new Open(path)) {
      open.restore(range, target);
    }
  }

  /** The state of one run: opens and scans the copy at first use. */
  static final class Open implements RangeRestorer, AutoCloseable {
    private final Path path;
    private SalvageReader reader;

    /** What a salvage has not copied to it. */
    private RangeSet missing;

    Open(Path path) {
      this.path = path;
    }

    private SalvageReader reader() throws IOException {
      if (reader == null) {
        reader = SalvageReader.openReplica(path);
      }
      return reader;
    }

    private RangeSet missing() throws IOException {
      if (missing == null) {
        missing = reader().missing();
      }
      return missing;
    }

    @Override
    public void check(Path file, long size) throws IOException {
      if (isSame(file)) {
        throw new IOException(
            path + " is " + file + " itself: name another copy of it to restore from");
      }
      if (reader().size() != size) {
        throw new IOException(
            path
                + " is no copy of "
                + file
                + " as it is now: it has "
                + reader().size()
                + " bytes and not "
                + size
                + ". Name a copy of the same state; nothing was changed");
      }
    }

    /** Also if it is another node of the same dax device. */
    private boolean isSame(Path file) throws IOException {
      try (Descriptor replica = Descriptor.openPath(path);
          Descriptor repaired = Descriptor.openPath(file)) {
        FileStatus status = repaired.status();
        return replica.status().sameFile(status)
            || (status.type() == FileStatus.Type.CHARACTER_DEVICE
                && replica.status().type() == status.type()
                && replica.status().specialDevice().equals(status.specialDevice()));
      }
    }

    @Override
    public void restore(ByteRange range, ByteBuffer target) throws IOException {
      if (missing().intersects(range)) {
        throw new IOException(
            ("%s: a salvage has not copied bytes %s to it, according to its mapfile %s: name another"
                    + " copy, or, if it has them by now, remove that mapfile")
                .formatted(path, missing().intersect(range), SalvageMapFile.beside(path)));
      }
      if (reader().readFully(range.offset(), target) < range.length()) {
        throw new IOException(path + " ends before byte " + range.end());
      }
    }

    @Override
    public void close() {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
