package io.github.pmem2j.internal.device;

import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The scrubbed disks that were healthy when they were last read. Their list of bad blocks and the
 * state of their bus's scrub are held open, so that {@link #get} reads them again with one system
 * call each. Nothing else about such a disk changes while it exists. Once it is gone, reading an
 * attribute of it that is held open fails with ENODEV, even if another disk has taken its name and
 * number. That holds for sysfs, not for a copy of it. Thread-safe.
 */
final class HealthyDisks {
  /** More than the state of a scrub takes. */
  private static final int CAPACITY = 64;

  private final Map<DeviceNumber, HealthyDisk> disks = new ConcurrentHashMap<>();

  /** A disk, its two attributes, and its stack while the scrub is in a state. */
  private record HealthyDisk(Descriptor scrub, String state, Descriptor list, DeviceStack stack) {
    boolean unchanged() throws IOException {
      // The scrub first: the errors of one that ends in between are then in the list.
      return read(scrub).equals(state) && read(list).isEmpty();
    }

    void close() {
      scrub.close();
      list.close();
    }
  }

  private static String read(Descriptor attribute) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(CAPACITY);
    if (FileIo.read(attribute, content, 0) < 0) {
      throw new IOException(attribute.path() + " cannot be read");
    }
    return new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1);
  }

  /** The stack of a disk that is still healthy; null if that is unknown. */
  DeviceStack get(DeviceNumber number) {
    HealthyDisk disk = disks.get(number);
    if (disk == null) {
      return null;
    }
    try {
      if (disk.unchanged()) {
        return disk.stack;
      }
    } catch (IOException | IllegalStateException e) {
      // The disk is gone, or another thread has just closed its attributes.
    }
    if (disks.remove(number, disk)) {
      disk.close();
    }
    return null;
  }

  /**
   * Holds a disk, if it was found to be healthy and can be held.
   *
   * @param directory its directory in sysfs
   * @param stack the disk as it was just read
   */
  void put(
      DeviceNumber number, Sysfs sysfs, String directory, NvdimmPath place, DeviceStack stack) {
    BadBlockSource source = stack.clean() ? stack.lists().get(0) : null;
    if (source == null || source.filledBy().kind() != ErrorSource.Kind.SCRUBBED) {
      return;
    }
    List<Descriptor> open = new ArrayList<>(2);
    try {
      String bus = NvdimmPath.parent(place.region());
      Path scrub = Path.of(sysfs.file(bus, SourceReader.SCRUB));
      open.add(Descriptor.open(scrub, Descriptor.Mode.READ));
      open.add(Descriptor.open(source.file(), Descriptor.Mode.READ));
      String state = read(open.get(0));
      // Looked up last: these are then attributes of the disk that has this number.
      if (isState(source.filledBy(), state) && directory.equals(sysfs.blockDevice(number))) {
        HealthyDisk disk = new HealthyDisk(open.get(0), state, open.get(1), stack);
        HealthyDisk before = disks.put(number, disk);
        open.clear();
        if (before != null) {
          before.close();
        }
      }
    } catch (IOException e) {
      // It is read by its path the next time, too, which then says why that fails.
    } finally {
      open.forEach(Descriptor::close);
    }
  }

  private static boolean isState(ErrorSource source, String text) {
    return ScrubState.parse(text.strip())
        .filter(state -> state.ended() == source.scrubs() && state.running() == source.scrubbing())
        .isPresent();
  }
}
