package io.github.pmem2j.repair;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.jni.Handle;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.jni.Pmem2;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.libpmem2.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A dax device, whose bad blocks are cleared in place. */
final class DaxTarget implements RepairTarget {
  private final Path path;
  private final Descriptor device;
  private final ScannedHost host;
  private final Handle source;
  private final Set<ByteRange> cleared = new HashSet<>();

  /** Fails, before anything is cleared, if libndctl is missing or does not know the device. */
  DaxTarget(Descriptor device, ScannedHost host) throws IOException {
    this.path = device.path();
    this.host = host;
    this.device = device;
    try (Pmem2BadBlocks context = context()) {
      if (!context.deviceMatched()) {
        throw new IOException(
            path + ": libpmem2 finds no namespace for this dax device, so it cannot be cleared");
      }
    }
    this.source = Pmem2.sourceFromFd(device.handle(), device.path());
  }

  /** Opens the device that is open here, even if its path now leads elsewhere. */
  private Pmem2BadBlocks context() throws IOException {
    try {
      return Pmem2BadBlocks.open(device.link());
    } catch (Pmem2Exception e) {
      throw NativeError.named(e, path);
    }
  }

  /** Bad blocks are whole sectors here, so nothing in them can be read. */
  static ReadResult readBad(long offset, ByteBuffer target) {
    return new ReadResult(
        target.remaining(), RangeSet.of(new ByteRange(offset, target.remaining())));
  }

  /** A store to lost bytes raises SIGBUS like a load. */
  @Override
  public boolean overwrites(ByteRange blocks, int length) {
    return false;
  }

  @Override
  public String noReplacement() {
    return null;
  }

  @Override
  public Map<ByteRange, IOException> noSpace(List<ByteRange> units) {
    return Map.of();
  }

  @Override
  public boolean overwrite(ByteRange blocks, ByteBuffer bytes) {
    return false;
  }

  @Override
  public Map<ByteRange, IOException> clear(List<ByteRange> units, RepairStep.Hook hook) {
    Map<ByteRange, IOException> failures = new HashMap<>();
    for (ByteRange blocks : units) {
      if (cleared.contains(blocks)) {
        failures.put(
            blocks, new IOException("the device still reports it as bad after it was cleared"));
      }
    }
    List<ByteRange> wanted = units.stream().filter(unit -> !failures.containsKey(unit)).toList();
    RangeSet.Builder done = RangeSet.builder();
    IOException failure;
    try {
      failure = host.clearPoison(device, wanted) ? null : clear(wanted, done);
    } catch (IOException e) {
      failure = e;
    }
    RangeSet clean = done.build();
    for (ByteRange blocks : wanted) {
      if (failure == null || clean.contains(blocks)) {
        cleared.add(blocks);
        hook.after(RepairStep.CLEARED);
      } else {
        failures.put(blocks, failure);
      }
    }
    return failures;
  }

  /**
   * Clears the bad blocks of some units, and returns why it stopped, or null. {@link
   * Pmem2BadBlocks#clear} would fail: it shares the lock that this repair holds.
   */
  private IOException clear(List<ByteRange> units, RangeSet.Builder done) {
    try (Pmem2BadBlocks listed = context();
        Handle fresh = Pmem2.badBlockContextNew(source, path)) {
      if (!listed.deviceMatched()) {
        return new IOException("libpmem2 no longer finds its namespace: repair again");
      }
      RangeSet bad = RangeSet.copyOf(listed.remaining());
      units.forEach(blocks -> done.addAll(bad.complementIn(blocks)));
      fresh.use(
          context -> {
            for (ByteRange blocks : units) {
              for (ByteRange part : bad.intersect(blocks)) {
                Pmem2.badBlockClear(context, part.offset(), part.length(), path);
                done.add(part);
              }
            }
            return null;
          });
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  @Override
  public String remains(ByteRange blocks) {
    return "";
  }

  /** Does nothing: a dax device has all its blocks. */
  @Override
  public void allocate(ByteRange blocks, RepairStep.Hook hook) {}

  @Override
  public void write(long offset, ByteBuffer bytes) throws IOException {
    source.use(
        pointer -> {
          Pmem2.mapWrite(pointer, bytes, offset, path);
          return null;
        });
  }

  /** Written bytes are on the medium. */
  @Override
  public void sync() {}

  @Override
  public byte[] readBack(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    source.use(
        pointer -> {
          Pmem2.mapRead(pointer, bytes, offset, path);
          return null;
        });
    return bytes;
  }

  @Override
  public void close() {
    source.close();
  }
}
