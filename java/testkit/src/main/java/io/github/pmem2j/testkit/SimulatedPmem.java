package io.github.pmem2j.testkit;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.SimulatedHosts;
import io.github.pmem2j.internal.linux.SimulatedLists;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Makes the files below a directory look as if they were on persistent memory, mounted with DAX,
 * with the bad blocks that a test adds. The directory is on this machine's own disk, on ext4 or
 * XFS. From {@link #open} to {@link #close}, this applies to the scanner, salvage, repair, watches
 * and the adapters in this process, for every path in the directory. Paths elsewhere and other
 * processes are not affected; several directories do not affect each other.
 *
 * <p>A damaged sector holds garbage as long as it is bad. It becomes good when all of it is
 * overwritten, as on an NVDIMM that clears errors on writing, when the file gets another block in
 * its place, and by {@link #heal(Path)}.
 *
 * <p>What it does not simulate:
 *
 * <ul>
 *   <li>A read of a bad sector by anything but pmem2j, or by what was open before the damage (a
 *       {@code SalvageReader}, Lucene, H2), returns the garbage; on persistent memory it fails.
 *   <li>A write of a part of a bad page by anybody but pmem2j succeeds; on persistent memory it
 *       fails with EIO. Here, a sector of which a part is overwritten stays bad.
 *   <li>A page with a bad sector is lost to {@code SalvageReader} as a whole, as on a device that
 *       this user has no permission to read; see its documentation.
 *   <li>A watch notices by itself what {@link #damage}, {@link #heal(Path)} and a repair do. It
 *       notices what the code under test overwrites when it next looks: call {@code check()}.
 *   <li>A scrub: {@code Scrub} works on the real machine only.
 *   <li>{@code Pmem2Source} and {@code Pmem2BadBlocks} use libpmem2, which does not see the
 *       simulation.
 *   <li>A scan of a tree that begins above the directory treats it as a part of the real disk.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class SimulatedPmem implements AutoCloseable {
  private static final ByteRange WHOLE = new ByteRange(0, Long.MAX_VALUE);

  private final Path directory;
  private final Path scratch;
  private final Path sys;
  private final SimulatedSysfs sysfs;
  private final byte[] garbage = new byte[BadRange.SECTOR_SIZE];
  private final List<FileDamage> files = new ArrayList<>();
  private final List<Runnable> actions = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  private boolean closed;

  private SimulatedPmem(Path directory, Path scratch, FileStatus status) throws IOException {
    this.directory = directory;
    this.scratch = scratch;
    this.sys = Files.createDirectory(scratch.resolve("sys"));
    this.sysfs = new SimulatedSysfs(sys, status.device());
    new SecureRandom().nextBytes(garbage);
    for (int i = 0; i < garbage.length; i++) {
      if (garbage[i] == 0) {
        garbage[i] = 1; // Overwriting it with zeros is always detected.
      }
    }
  }

  /**
   * Puts a directory, with all that is below it, on simulated persistent memory without bad blocks.
   *
   * @param directory the directory, on ext4 or XFS
   * @return the simulation; close it
   * @throws java.nio.file.NoSuchFileException if there is no such directory
   * @throws IllegalStateException if it is simulated already
   * @throws IOException if it is on another file system
   */
  public static SimulatedPmem open(Path directory) throws IOException {
    Path real = directory.toRealPath();
    FileStatus status;
    try (Descriptor descriptor = Descriptor.openPath(real)) {
      status = descriptor.status();
      FileSystemType type = FileSystemType.of(descriptor.fileSystemType());
      if (type != FileSystemType.ONE_DEVICE && type != FileSystemType.XFS) {
        throw new IOException(
            directory
                + " is on "
                + type
                + ", which does not report where files lie: use a directory on ext4 or XFS");
      }
    }
    Path scratch = Files.createTempDirectory("pmem2j-testkit");
    try {
      SimulatedPmem pmem = new SimulatedPmem(real, scratch, status);
      SimulatedHosts.add(real, pmem.host());
      return pmem;
    } catch (IOException | RuntimeException e) {
      DirectoryTree.delete(scratch);
      throw e;
    }
  }

  private Host host() {
    return SimulatedSysfs.host(sys, scratch.resolve("dev"))
        .withLists(
            new SimulatedLists() {
              @Override
              public void update() throws IOException {
                SimulatedPmem.this.update();
              }

              @Override
              public Runnable onChange(Runnable action) {
                actions.add(action);
                return () -> actions.remove(action);
              }
            });
  }

  /** {@return the real path of the directory} */
  public Path directory() {
    return directory;
  }

  /**
   * Makes bytes of a file bad, in whole sectors of 512 bytes. An open watch reports them.
   *
   * @param file a regular file in the directory
   * @param offset the offset of the lost bytes in the file
   * @param length their number
   * @throws IllegalArgumentException if the file is not in the directory, or has no block there
   * @throws IOException if the file cannot be written
   */
  public void damage(Path file, long offset, long length) throws IOException {
    ByteRange range = new ByteRange(offset, length);
    if (range.isEmpty()) {
      throw new IllegalArgumentException("no bytes to damage: " + range);
    }
    synchronized (lock) {
      FileDamage damaged = find(file);
      if (damaged == null) {
        damaged = new FileDamage(file, garbage);
        files.add(damaged);
      }
      damaged.add(range.alignedTo(BadRange.SECTOR_SIZE));
      writeList();
    }
    changed();
  }

  /**
   * Makes a file good, with the bytes from before the damage. Overwritten bytes are not changed.
   *
   * @param file a regular file in the directory
   * @throws IllegalArgumentException if the file is not in the directory
   * @throws IOException if the file cannot be written
   */
  public void heal(Path file) throws IOException {
    heal(file, WHOLE);
  }

  /**
   * Makes a range of a file good, as {@link #heal(Path)}.
   *
   * @param file a regular file in the directory
   * @param offset its offset in the file
   * @param length its length
   * @throws IllegalArgumentException if the file is not in the directory
   * @throws IOException if the file cannot be written
   */
  public void heal(Path file, long offset, long length) throws IOException {
    heal(file, new ByteRange(offset, length));
  }

  private void heal(Path file, ByteRange range) throws IOException {
    synchronized (lock) {
      FileDamage damaged = find(file);
      if (damaged == null || !damaged.heal(range)) {
        return;
      }
      writeList();
    }
    changed();
  }

  /**
   * Sets who reports the errors of the memory; initially it is scrubbed. Where nobody does, a file
   * without bad blocks is {@code UNKNOWN}.
   *
   * @param kind {@code SCRUBBED}, {@code MACHINE_CHECKS} or {@code NOBODY}
   * @throws IllegalArgumentException if it is another
   * @throws IOException if the simulation cannot be written
   */
  public void feed(ErrorSource.Kind kind) throws IOException {
    synchronized (lock) {
      requireOpen();
      sysfs.feed(kind);
    }
    changed();
  }

  private FileDamage find(Path file) throws IOException {
    requireOpen();
    if (!file.toRealPath().startsWith(directory)) {
      throw new IllegalArgumentException(file + " is not in " + directory);
    }
    FileStatus status;
    try (Descriptor descriptor = Descriptor.openPath(file)) {
      status = descriptor.status();
    }
    if (status.type() != FileStatus.Type.REGULAR) {
      throw new IllegalArgumentException(file + " is a " + status.type().words());
    }
    for (FileDamage known : files) {
      if (known.isOf(status)) {
        return known;
      }
    }
    return null;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the simulation of " + directory + " is closed");
    }
  }

  private void update() throws IOException {
    boolean any = false;
    synchronized (lock) {
      if (!closed) {
        for (FileDamage file : files) {
          any |= file.update();
        }
        if (any) {
          writeList();
        }
      }
    }
    if (any) {
      changed();
    }
  }

  private void writeList() throws IOException {
    RangeSet.Builder sectors = RangeSet.builder();
    files.forEach(file -> file.addTo(sectors));
    sysfs.write(sectors.build());
  }

  private void changed() {
    actions.forEach(Runnable::run);
  }

  /**
   * Ends the simulation: the directory is on this machine's own disk again, and what was damaged,
   * and not overwritten since, has the bytes that it held before. Close watches of it first.
   * Idempotent.
   *
   * @throws UncheckedIOException if a file cannot be written
   */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      SimulatedHosts.remove(directory);
      List<IOException> failures = new ArrayList<>();
      for (FileDamage file : files) {
        try (file) {
          file.heal(WHOLE);
        } catch (IOException e) {
          failures.add(e);
        }
      }
      try {
        DirectoryTree.delete(scratch);
      } catch (IOException e) {
        failures.add(e);
      }
      if (!failures.isEmpty()) {
        UncheckedIOException failure = new UncheckedIOException(failures.get(0));
        failures.subList(1, failures.size()).forEach(failure::addSuppressed);
        throw failure;
      }
    }
  }
}
