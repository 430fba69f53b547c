package io.github.pmem2j.internal.linux;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * The machine that is queried: its sysfs, procfs and device nodes, its device-mapper, and how it
 * accesses files. This machine, or one that a test builds. Immutable.
 */
public final class Host {
  private static final Host LOCAL =
      new Host(
          Path.of("/sys"),
          Path.of("/proc"),
          Path.of("/dev"),
          DeviceMapper::table,
          FileStatus::dax,
          false,
          null);

  private final Path sys;
  private final Path proc;
  private final Path dev;
  private final MappingTables tables;
  private final Predicate<FileStatus> dax;
  private final boolean trustedLists;

  /** Simulated lists of bad blocks; null if the kernel keeps the lists. */
  private final SimulatedLists lists;

  private Host(
      Path sys,
      Path proc,
      Path dev,
      MappingTables tables,
      Predicate<FileStatus> dax,
      boolean trustedLists,
      SimulatedLists lists) {
    this.sys = sys;
    this.proc = proc;
    this.dev = dev;
    this.tables = tables;
    this.dax = dax;
    this.trustedLists = trustedLists;
    this.lists = lists;
  }

  /** This machine. */
  public static Host local() {
    return LOCAL;
  }

  /**
   * The host of a path: this machine, or another that a test kit simulates there.
   *
   * @see SimulatedHosts
   */
  public static Host of(Path path) {
    return SimulatedHosts.of(path);
  }

  /** The same machine with sysfs in another place. */
  public Host withSys(Path directory) {
    return new Host(directory, proc, dev, tables, dax, trustedLists, lists);
  }

  /** The same machine with procfs in another place. */
  public Host withProc(Path directory) {
    return new Host(sys, directory, dev, tables, dax, trustedLists, lists);
  }

  /** The same machine with its device nodes in another place. */
  public Host withDev(Path directory) {
    return new Host(sys, proc, directory, tables, dax, trustedLists, lists);
  }

  /** The same machine with other device-mapper tables. */
  public Host withTables(MappingTables others) {
    return new Host(sys, proc, dev, others, dax, trustedLists, lists);
  }

  /** The same machine, on which every file is accessed without the page cache. */
  public Host withDax() {
    return new Host(sys, proc, dev, tables, status -> true, trustedLists, lists);
  }

  /** The same machine, where lists that nothing is known to fill are trusted. */
  public Host withTrustedLists() {
    return new Host(sys, proc, dev, tables, dax, true, lists);
  }

  /** The same machine with lists of bad blocks that a test kit keeps. */
  public Host withLists(SimulatedLists others) {
    return new Host(sys, proc, dev, tables, dax, trustedLists, others);
  }

  /** Whether its devices are those of this machine, with lists that the kernel keeps. */
  public boolean isLocal() {
    return sys.equals(LOCAL.sys) && lists == null;
  }

  /** Where sysfs is mounted. */
  public Path sys() {
    return sys;
  }

  /** Where procfs is mounted. */
  public Path proc() {
    return proc;
  }

  /** Where the device nodes are. */
  public Path dev() {
    return dev;
  }

  /** Its sysfs. */
  public Sysfs sysfs() {
    return new Sysfs(sys);
  }

  /** Its mounts. */
  public MountTable mounts() {
    return new MountTable(proc);
  }

  /** The live table of a device-mapper device: lines {@code START LENGTH TYPE PARAMETERS}. */
  public String mappingTable(DeviceNumber device) throws IOException {
    return tables.table(device);
  }

  /** Whether to trust a list that nothing is known to fill. */
  public boolean trustedLists() {
    return trustedLists;
  }

  /** Whether a file is accessed without the page cache. */
  public boolean dax(FileStatus status) {
    return dax.test(status);
  }

  /** Brings simulated lists up to date; called before a list is read. */
  public void updateLists() throws IOException {
    if (lists != null) {
      lists.update();
    }
  }

  /**
   * Runs an action after each change of a simulated list, of which the kernel does not notify.
   *
   * @return ends the notifications
   */
  public Runnable onListChange(Runnable action) {
    return lists == null ? () -> {} : lists.onChange(action);
  }
}
