package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The restorer from another copy of the whole file. */
record Replica(Path replica) implements RangeRestorer {
  @Override
  public void check(Path file, long size) throws IOException {
    if (Files.isSameFile(file, replica)) {
      throw new IOException(
          replica + " is " + file + " itself: name another copy of it to restore from");
    }
    try (SalvageReader reader = SalvageReader.open(replica)) {
      if (reader.size() != size) {
        throw new IOException(
            replica
                + " is no copy of "
                + file
                + " as it is now: it has "
                + reader.size()
                + " bytes and not "
                + size
                + ". Name a copy of the same state; nothing was changed");
      }
    }
  }

  @Override
  public void restore(ByteRange range, ByteBuffer target) throws IOException {
    try (SalvageReader reader = SalvageReader.open(replica)) {
      if (reader.readFully(range.offset(), target) < range.length()) {
        throw new IOException(replica + " ends before byte " + range.end());
      }
    }
  }
}
