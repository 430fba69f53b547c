package io.github.pmem2j.device;

import io.github.pmem2j.CancelledException;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.linux.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * A device of persistent memory, with the owners of its bad ranges. Immutable.
 *
 * <p>The ranges are exactly those that the device lists as bad: a range whose owner cannot be
 * determined is included as {@link BadBlockOwner.Kind#UNKNOWN}, with the reason. Owners are those
 * of the moment of the query, and only of file systems that are mounted in this process's mount
 * namespace. Each device's list is read once, before its owners are found, however many files are
 * damaged: an error that is found meanwhile is in the next status. Most of it needs root.
 */
public final class DeviceStatus {
  private final String device;
  private final String stack;
  private final String mode;
  private final String provider;
  private final long size;
  private final ErrorSource source;
  private final List<String> uses;
  private final List<IncompleteReason> reasons;
  private final List<OwnedRange> ranges;
  private final List<UnmappedPoison> unmapped;

  /**
   * Poison in a CXL device that is in no region.
   *
   * @param memdev the CXL device, such as {@code mem0}
   * @param address the address of the first byte in the CXL device
   * @param length in bytes
   */
  public record UnmappedPoison(String memdev, long address, long length) {
    /** Makes one. */
    public UnmappedPoison {
      Objects.requireNonNull(memdev, "memdev");
    }
  }

  DeviceStatus(
      String device,
      String stack,
      String mode,
      String provider,
      long size,
      ErrorSource source,
      List<String> uses,
      List<IncompleteReason> reasons,
      List<OwnedRange> ranges,
      List<UnmappedPoison> unmapped) {
    this.device = Objects.requireNonNull(device, "device");
    this.stack = Objects.requireNonNull(stack, "stack");
    this.mode = Objects.requireNonNull(mode, "mode");
    this.provider = Objects.requireNonNull(provider, "provider");
    this.size = size;
    this.source = Objects.requireNonNull(source, "source");
    this.uses = List.copyOf(uses);
    this.reasons = List.copyOf(reasons);
    this.ranges = List.copyOf(ranges);
    this.unmapped = List.copyOf(unmapped);
  }

  /**
   * {@return the device, as in {@link io.github.pmem2j.BadRange#device()}; or a region, for its bad
   * ranges outside its devices, or because it has no device; or a path, for a part of it whose
   * devices are unknown}
   */
  public String device() {
    return device;
  }

  /** {@return the device with its region, namespace and mode, for people} */
  public String stack() {
    return stack;
  }

  /**
   * {@return ndctl's name of the namespace's mode: fsdax, devdax, sector or raw; or region; or
   * unknown, for a path}
   */
  public String mode() {
    return mode;
  }

  /**
   * {@return the kernel's name of the provider of its NVDIMM bus, such as ACPI.NFIT; empty if
   * unknown}
   */
  public String provider() {
    return provider;
  }

  /** {@return its size in bytes} */
  public long size() {
    return size;
  }

  /** {@return who reports its errors} */
  public ErrorSource source() {
    return source;
  }

  /** {@return the file systems on it, for people} */
  public List<String> uses() {
    return uses;
  }

  /**
   * {@return why it may have more bad ranges; empty if its list is complete and something fills it}
   */
  public List<IncompleteReason> reasons() {
    return reasons;
  }

  /** {@return its bad ranges, each with its owners; sorted and disjoint} */
  public List<OwnedRange> ranges() {
    return ranges;
  }

  /**
   * {@return poison that its CXL devices list outside any region; of several devices that share a
   * CXL device, only the first has it}
   */
  public List<UnmappedPoison> unmapped() {
    return unmapped;
  }

  /**
   * The status of all persistent memory of this machine. A region without a device holds no data
   * yet, but counts: if nothing has looked for its errors, its status is not {@link #complete()},
   * and a device that is made of it later may have some. {@link #of} leaves such regions out if it
   * gets paths. A CXL device that is in no region is not persistent memory yet, and is left out.
   *
   * @return a status for each disk and dax device, and for each region with other bad ranges or
   *     without a device
   * @throws IOException if the kernel cannot be queried
   */
  public static List<DeviceStatus> ofMachine() throws IOException {
    return of(List.of(), ProgressListener.none());
  }

  /**
   * The status of the devices below some paths. If a part of a path may be on persistent memory
   * whose list is unknown, the path has an entry of its own, with the reasons.
   *
   * @param paths files, directories with all that is mounted in them, or devices; none for all
   *     persistent memory of this machine
   * @param progress gets the number of files of a file system that were examined
   * @return as {@link #ofMachine()}
   * @throws java.nio.file.NoSuchFileException if there is no such path
   * @throws java.nio.file.FileSystemException if a path is not on persistent memory
   * @throws CancelledException if the thread was interrupted
   * @throws IOException if the kernel cannot be queried
   */
  public static List<DeviceStatus> of(Collection<Path> paths, ProgressListener progress)
      throws IOException {
    Objects.requireNonNull(paths, "paths");
    Objects.requireNonNull(progress, "progress");
    return new StatusReader(Host.local(), progress).read(List.copyOf(paths));
  }

  /**
   * As {@link #of}, but trusts lists without a known source, because the caller knows what fills
   * them.
   *
   * @param paths as for {@link #of}
   * @param progress as for {@link #of}
   * @return as {@link #of}
   * @throws java.nio.file.NoSuchFileException if there is no such path
   * @throws java.nio.file.FileSystemException if a path is not on persistent memory
   * @throws CancelledException if the thread was interrupted
   * @throws IOException if the kernel cannot be queried
   * @see io.github.pmem2j.scan.BadBlockScanner#trustingLists()
   */
  public static List<DeviceStatus> trustingLists(Collection<Path> paths, ProgressListener progress)
      throws IOException {
    Objects.requireNonNull(paths, "paths");
    Objects.requireNonNull(progress, "progress");
    return new StatusReader(Host.local().withTrustedLists(), progress).read(List.copyOf(paths));
  }

  /** {@return all listed bad ranges, in bytes of the device} */
  public RangeSet badBlocks() {
    RangeSet.Builder all = RangeSet.builder();
    ranges.forEach(owned -> all.add(owned.range()));
    return all.build();
  }

  /** {@return whether the list is complete: false if there may be more bad ranges} */
  public boolean complete() {
    return reasons.isEmpty();
  }
}
