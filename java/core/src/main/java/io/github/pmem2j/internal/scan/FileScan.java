package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.device.StackResolver;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileIo;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import io.github.pmem2j.internal.linux.Settled;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Scans an open file: runs the steps that lead to its report, and turns uncertainty in any of them
 * into a reason. Every step uses the one descriptor.
 */
public final class FileScan {
  static final RangeSet WHOLE = RangeSet.of(new ByteRange(0, Long.MAX_VALUE));
  private static final int MAX_OVERLAY_DEPTH = 4;

  private final Host host;
  private final StackResolver resolver;
  private final MountTable mounts;
  private final OverlayScan overlays;

  /** Scans on a host. */
  public FileScan(Host host) {
    this(host, new StackResolver(host));
  }

  /** With the resolver of the host's devices. */
  FileScan(Host host, StackResolver resolver) {
    this.host = host;
    this.resolver = resolver;
    mounts = host.mounts();
    overlays = new OverlayScan(host);
  }

  /** The ranges to scan, and how devices are resolved. */
  private record Query(RangeSet ranges, Stacks stacks) {}

  /** Resolves each device once and caches its stack. */
  Stacks remembered() {
    return Stacks.remembering(resolver::resolve);
  }

  /** Scans a regular file, or a device by its node, which is open in any mode. */
  public BadBlockReport scan(Descriptor file) throws IOException {
    return scan(file, new Query(WHOLE, resolver::resolve));
  }

  /** Scans a range of a file or device, which is widened to pages and blocks. */
  public BadBlockReport scan(Descriptor file, ByteRange range) throws IOException {
    return scan(file, new Query(RangeSet.of(range.alignedTo(FileIo.PAGE)), resolver::resolve));
  }

  /**
   * What the devices list in ranges of a file, which are widened to pages and blocks; of a device,
   * in all of it. What a pending repair has cleared is not in it, unless it is that of an overlay's
   * layer.
   */
  public BadBlockReport listed(Descriptor file, RangeSet ranges) throws IOException {
    Query query = new Query(ranges.alignedTo(FileIo.PAGE), resolver::resolve);
    return scan(file, file.status(), query, 0).report(file.path());
  }

  /**
   * Scans a regular file on devices that are resolved by the caller, who has read their lists once
   * for many files.
   */
  public BadBlockReport scan(Path path, Stacks stacks) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      return scan(file, new Query(WHOLE, stacks));
    }
  }

  /**
   * Resolves the devices below a file, regardless of its extents.
   *
   * @param stacks resolves the devices
   */
  ScanResult below(Descriptor file, Stacks stacks) throws IOException {
    return scan(file, file.status(), new Query(RangeSet.empty(), stacks), 0);
  }

  private BadBlockReport scan(Descriptor file, Query query) throws IOException {
    FileStatus status = file.status();
    ScanResult result = scan(file, status, query, 0);
    result.addPendingRepair(file, status);
    if (query.ranges != WHOLE) {
      result.limit(query.ranges);
    }
    return result.report(file.path());
  }

  private ScanResult scan(Descriptor file, FileStatus status, Query query, int depth)
      throws IOException {
    return switch (status.type()) {
      case REGULAR -> regular(file, status, query, depth);
      case BLOCK_DEVICE -> device(query.stacks.of(status.specialDevice()), blockDeviceSize(status));
      case CHARACTER_DEVICE -> daxDevice(file, status);
      case DIRECTORY ->
          throw NativeError.invalidType(
              "scan",
              file.path(),
              "it is a directory: scan the files in it with scanTree (scan --recursive)");
      default -> throw invalidType(file.path());
    };
  }

  private static IOException invalidType(Path path) {
    return NativeError.invalidType(
        "scan", path, "name a regular file, a block device or a dax device");
  }

  // Devices

  private static ScanResult device(DeviceStack stack, long size) {
    ScanResult result = new ScanResult(stack, " is ", size);
    result.bad = BadRangeBuilder.ofDevice(stack.bad());
    return result;
  }

  private long blockDeviceSize(FileStatus status) throws IOException {
    String directory = host.sysfs().blockDevice(status.specialDevice());
    return directory == null ? 0 : host.sysfs().number(directory, "size") * BadRange.SECTOR_SIZE;
  }

  private DeviceStack daxStack(Descriptor file, FileStatus status) throws IOException {
    String directory = host.sysfs().characterDevice(status.specialDevice());
    if (directory != null && !directory.substring(directory.lastIndexOf('/')).startsWith("/dax")) {
      throw invalidType(file.path());
    }
    return resolver.resolveDax(status.specialDevice());
  }

  private ScanResult daxDevice(Descriptor file, FileStatus status) throws IOException {
    DeviceStack[] stack = new DeviceStack[1];
    long size =
        Settled.read(
            file.path().toString(),
            () -> {
              stack[0] = daxStack(file, status);
              return daxSize(status);
            });
    return device(stack[0], size); // read between two equal sizes
  }

  private long daxSize(FileStatus status) throws IOException {
    String directory = host.sysfs().characterDevice(status.specialDevice());
    return directory == null ? 0 : host.sysfs().number(directory, "size");
  }

  // Files

  /**
   * The result that every file on the device shares, without reading extents; empty if each file
   * must be scanned.
   */
  Optional<ScanResult> sameForAll(Path path, DeviceNumber device, Stacks stacks)
      throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      if (!file.status().device().equals(device)) {
        throw new TreeScan.ReplacedException(path);
      }
      return sameForAll(FileSystemType.of(file.fileSystemType()), device, stacks);
    }
  }

  Optional<ScanResult> sameForAll(FileSystemType type, DeviceNumber device, Stacks stacks) {
    if (type == FileSystemType.OVERLAY) {
      return Optional.empty();
    }
    if (type == FileSystemType.MEMORY) {
      return Optional.of(new ScanResult(DeviceStack.other("memory"), " in ", 0));
    }
    if (device.major() == 0) {
      return Optional.of(
          unknown(
              IncompleteReason.Code.ANONYMOUS_DEVICE,
              "the file is on "
                  + type
                  + ", which names no block device: scan the devices that it uses",
              type.toString(),
              0));
    }
    DeviceStack stack = stacks.of(device);
    // Others, such as F2FS and EROFS, may have files on devices that nothing names.
    boolean allHere =
        type.onOneDevice() || (type == FileSystemType.XFS && mounts.withoutRealtimeDevice(device));
    boolean notPmem = stack.storage() == DeviceStack.Storage.OTHER;
    boolean hopeless = stack.bad().isEmpty() && !stack.reasons().isEmpty();
    return allHere && (notPmem || stack.clean()) || hopeless
        ? Optional.of(new ScanResult(stack, " on ", 0))
        : Optional.empty();
  }

  private static ScanResult unknown(
      IncompleteReason.Code code, String message, String below, long size) {
    return new ScanResult(DeviceStack.unknown(code, message, below), " on ", size);
  }

  private ScanResult regular(Descriptor file, FileStatus status, Query query, int depth)
      throws IOException {
    FileSystemType type = FileSystemType.of(file.fileSystemType());
    if (type == FileSystemType.OVERLAY) {
      return overlay(file, status, query, depth);
    }
    Stacks first = Stacks.remembering(query.stacks);
    ScanResult result = sameForAll(type, status.device(), first).orElse(null);
    if (result == null) {
      result = extents(file, status, type, query, first.of(status.device()));
    } else {
      result.size = status.size();
    }
    return result;
  }

  /** Scans a file by its extents. */
  private ScanResult extents(
      Descriptor known, FileStatus status, FileSystemType type, Query query, DeviceStack stack)
      throws IOException {
    Path path = known.path();
    boolean oneDevice = type == FileSystemType.ONE_DEVICE || type == FileSystemType.XFS;
    if (oneDevice && status.empty()) {
      // Closing it would release the locks that this process has on it, see fcntl(2).
      return new ScanResult(stack, " on ", 0);
    }
    if (!oneDevice) {
      return FileExtents.unusable(path, status, type, stack);
    }
    try (Descriptor file = known.reopen(Descriptor.Mode.READ)) {
      if (type == FileSystemType.XFS && file.realtime()) {
        ScanResult result = new ScanResult(stack, " on ", status.size());
        result.incomplete(
            IncompleteReason.Code.REALTIME_DEVICE,
            path + " has its data on the realtime device of its file system: scan that device");
        return result;
      }
      return FileExtents.scan(file, status, query.ranges, stack, query.stacks);
    } catch (AccessDeniedException e) {
      ScanResult result = new ScanResult(stack, " on ", status.size());
      result.incomplete(
          IncompleteReason.Code.FILE_UNREADABLE,
          path
              + " cannot be opened, so its place on the device is unknown: permission denied; allow"
              + " this user to read it");
      return result;
    }
  }

  private ScanResult overlay(Descriptor file, FileStatus status, Query query, int depth)
      throws IOException {
    String lost;
    try {
      Path layer = overlays.resolve(file.path());
      lost =
          layer
              + " is another file as seen from here, or this kernel (6.7 or newer) does not show"
              + " that it is the same";
      try (Descriptor below = Descriptor.openPath(layer)) {
        if (depth < MAX_OVERLAY_DEPTH && overlays.sameFile(file, below)) {
          FileStatus layerStatus = below.status();
          ScanResult result = scan(below, layerStatus, query, depth + 1);
          result.addPendingRepair(below, layerStatus);
          if (layer.equals(overlays.resolve(file.path()))) {
            result.below = " on overlayfs -> " + layer + result.below;
            return result;
          }
        }
      }
    } catch (OverlayScan.LostException e) {
      lost = e.getMessage();
    } catch (IOException e) {
      lost = NativeError.cause(e);
    }
    return unknown(
        IncompleteReason.Code.OVERLAY,
        file.path()
            + " is on an overlay and could not be followed, because "
            + lost
            + ": scan the file in its upper or lower directory",
        "overlayfs",
        status.size());
  }
}
