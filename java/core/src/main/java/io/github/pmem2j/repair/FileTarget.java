package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A regular file, whose bad blocks its file system can replace. */
final class FileTarget implements RepairTarget {
  private final Descriptor file;
  private final ScannedHost host;
  private final Set<ByteRange> poisonCleared = new HashSet<>();
  private boolean poison;
  private final Set<ByteRange> punched = new HashSet<>();
  private boolean tried;
  private String noReplacement;

  /** Opened when something is first read back. */
  private ReadBack readBack;

  /** {@code poison} is whether a CXL device lists poison of the file. */
  FileTarget(Descriptor file, ScannedHost host, boolean poison) {
    this.file = file;
    this.host = host;
    this.poison = poison;
  }

  /** The pmem driver clears poison below a write of whole pages, if the bus can. */
  @Override
  public boolean overwrites(ByteRange blocks, int length) {
    int page = FileIo.PAGE;
    return length == blocks.length() && blocks.offset() % page == 0 && length % page == 0;
  }

  @Override
  public String noReplacement() {
    if (!tried) {
      noReplacement = host.noReplacement(file);
      tried = true;
    }
    return noReplacement;
  }

  @Override
  public Map<ByteRange, IOException> noSpace(List<ByteRange> units) {
    return poison ? Map.of() : SpaceTrial.failures(file, units); // Poison is cleared in place.
  }

  @Override
  public boolean overwrite(ByteRange blocks, ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    cut(bytes, blocks.offset());
    return bytes.remaining() == length && FileIo.writeIfPossible(file, bytes, blocks.offset());
  }

  /** Has CXL devices clear the blocks in place, if they can; else gives the file other blocks. */
  @Override
  public Map<ByteRange, IOException> clear(List<ByteRange> units, RepairStep.Hook hook) {
    if (clearPoison(units)) {
      hook.after(RepairStep.CLEARED);
      return Map.of();
    }
    return replace(units, hook);
  }

  /**
   * Gives the file other blocks. Punches all before the first is allocated: otherwise a bad block
   * that was freed for one unit could be allocated for the next. Destroys the content even if no
   * other blocks are found.
   */
  Map<ByteRange, IOException> replace(List<ByteRange> units, RepairStep.Hook hook) {
    Map<ByteRange, IOException> failures = new HashMap<>();
    for (ByteRange blocks : units) {
      try {
        FileIo.punch(file, blocks.offset(), blocks.length());
        punched.add(blocks);
        hook.after(RepairStep.PUNCHED);
      } catch (IOException e) {
        failures.put(blocks, e);
      }
    }
    for (ByteRange blocks : units) {
      if (!failures.containsKey(blocks)) {
        try {
          allocate(blocks, hook);
        } catch (IOException e) {
          failures.put(blocks, e);
        }
      }
    }
    return failures;
  }

  @Override
  public String remains(ByteRange blocks) {
    return punched.contains(blocks)
        ? "other blocks hold it now; the bad ones are in the file system's free space"
        : "";
  }

  private boolean clearPoison(List<ByteRange> units) {
    if (!poison || !poisonCleared.addAll(units)) {
      return false;
    }
    try {
      poison = host.clearPoison(file, units);
      return poison;
    } catch (IOException e) {
      return false; // Without debugfs, for example. Then the file gets other blocks.
    }
  }

  @Override
  public void allocate(ByteRange blocks, RepairStep.Hook hook) throws IOException {
    try {
      FileIo.allocate(file, blocks.offset(), blocks.length());
    } catch (IOException e) {
      if (!NativeError.errnoName(e).equals("EOPNOTSUPP")) {
        throw e;
      }
      fill(blocks);
    }
    hook.after(RepairStep.ALLOCATED);
  }

  /**
   * Files that map blocks instead of extents get them only by a write. Writes only to holes: what
   * was written there since an interrupted repair is kept.
   */
  private void fill(ByteRange blocks) throws IOException {
    long end = Math.min(blocks.end(), file.status().size());
    try {
      for (long at = blocks.offset(); at < end; ) {
        long hole = Math.min(FileIo.nextHole(file, at).orElse(end), end);
        at = hole < end ? Math.min(FileIo.nextData(file, hole).orElse(end), end) : end;
        FileIo.write(file, ByteBuffer.allocate((int) (at - hole)), hole);
      }
      FileIo.sync(file);
    } catch (IOException e) {
      if (!FileIo.isMediaError(e)) { // If the new blocks are bad, too, a scan reports it.
        throw e;
      }
    }
  }

  @Override
  public void write(long offset, ByteBuffer bytes) throws IOException {
    cut(bytes, offset);
    FileIo.write(file, bytes, offset);
  }

  /**
   * Sets the limit to the current end of the file: a file that was truncated meanwhile is not
   * extended.
   */
  private void cut(ByteBuffer bytes, long offset) throws IOException {
    long within = FileIo.end(file) - offset;
    if (within < bytes.remaining()) {
      bytes.limit(bytes.position() + (int) Math.max(within, 0));
    }
  }

  @Override
  public void sync() throws IOException {
    FileIo.sync(file);
  }

  @Override
  public byte[] readBack(long offset, int length) throws IOException {
    if (readBack == null) {
      readBack = new ReadBack(file);
    }
    return readBack.read(offset, length);
  }

  @Override
  public void close() {
    if (readBack != null) {
      readBack.close();
    }
    file.close();
  }
}
