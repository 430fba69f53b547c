package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.Pmem2Exception;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.device.DeviceBadBlocks;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.device.NvdimmPath;
import io.github.pmem2j.internal.device.StackResolver;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileStatus.Type;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.MappingTables;
import io.github.pmem2j.internal.linux.MountTable;
import io.github.pmem2j.internal.linux.Sysfs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** From a path to what is bad there: joins the steps, and makes doubt at any of them a reason. */
public final class FileScan {
  private static final int DEEPEST_OVERLAY = 4;

  private final Sysfs sysfs;
  private final StackResolver resolver;
  private final DeviceBadBlocks lists;
  private final MountTable mounts;
  private final OverlayScan overlays;

  /** With the roots of sysfs and proc, and device-mapper's tables. */
  public FileScan(Path sys, Path proc, MappingTables tables) {
    this(sys, proc, tables, null);
  }

  /** Likewise, with one who is told of each list that is read. */
  FileScan(Path sys, Path proc, MappingTables tables, Consumer<BadBlockSource> user) {
    sysfs = new Sysfs(sys);
    lists = new DeviceBadBlocks(sysfs, user);
    resolver = new StackResolver(sysfs, tables, lists);
    mounts = new MountTable(proc);
    overlays = new OverlayScan(sys, mounts);
  }

  /** Asks for the stack of a block device every time. */
  public Stacks current() {
    return resolver::resolve;
  }

  /** Asks for the stack of a block device once, and answers the same ever after. */
  Stacks remembered() {
    Map<DeviceNumber, DeviceStack> known = new HashMap<>();
    return device -> known.computeIfAbsent(device, resolver::resolve);
  }

  /** The stack below a block device. */
  @FunctionalInterface
  public interface Stacks {
    /** The stack as it is now, or as it was when it was asked for first. */
    DeviceStack of(DeviceNumber device);
  }

  /** Scans a regular file, or a device by its node. */
  public Finding scan(Path path, Stacks stacks) throws IOException {
    return scan(path, stacks, 0);
  }

  private Finding scan(Path path, Stacks stacks, int depth) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      FileStatus status = file.status();
      return switch (status.type()) {
        case REGULAR -> regular(file, status, stacks, depth);
        case BLOCK_DEVICE -> blockDevice(path, status.specialDevice(), stacks);
        case CHARACTER_DEVICE -> daxDevice(path, status.specialDevice());
        default -> throw invalidType(path, "a regular file, a block device or a dax device");
      };
    }
  }

  /** Scans a device by its node. */
  public Finding scanDevice(Path path, Stacks stacks) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      Type type = file.status().type();
      if (type != Type.BLOCK_DEVICE && type != Type.CHARACTER_DEVICE) {
        throw invalidType(path, "a block device or a dax device");
      }
    }
    return scan(path, stacks);
  }

  private static Pmem2Exception invalidType(Path path, String wanted) {
    return NativeError.invalidType("scan", path, "only " + wanted + " can be scanned here");
  }

  // Devices

  private Finding blockDevice(Path path, DeviceNumber device, Stacks stacks) throws IOException {
    DeviceStack stack = stacks.of(device);
    String directory = sysfs.blockDevice(device);
    long size = directory == null ? 0 : sysfs.number(directory, "size") * BadSectors.SECTOR;
    return new Finding(
        path,
        stack.storage() == DeviceStack.Storage.OTHER,
        stack.reasons(),
        BadRangeBuilder.ofDevice(stack.bad()),
        " is " + stack.text(),
        size);
  }

  private Finding daxDevice(Path path, DeviceNumber device) throws IOException {
    String directory = sysfs.characterDevice(device);
    if (directory == null) {
      return Finding.unknown(
          path,
          IncompleteReason.Code.NO_SYSFS,
          sysfs.file("dev/char", device.toString())
              + " does not exist: mount sysfs there, and let the container see the device",
          " is device " + device,
          0);
    }
    String name = NvdimmPath.name(directory);
    if (!name.startsWith("dax")) {
      throw invalidType(path, "a regular file, a block device or a dax device");
    }
    long size = sysfs.number(directory, "size");
    NvdimmPath place = NvdimmPath.of(directory);
    if (place == null) {
      return Finding.unknown(
          path,
          IncompleteReason.Code.DAX_WITHOUT_LIST,
          name + " is not on the NVDIMM bus: the kernel keeps no list of its bad blocks",
          " is " + name,
          size);
    }
    DeviceBadBlocks.Answer answer = lists.ofDaxDevice(directory, place);
    return new Finding(
        path,
        false,
        answer.reasons(),
        BadRangeBuilder.ofDevice(answer.bad()),
        " is " + name + " (" + NvdimmPath.name(place.region()) + ", devdax)",
        size,
        true);
  }

  // Files

  /**
   * What is known of every file on a device without a look at the file.
   *
   * @param each whether nothing is: each file must be scanned
   */
  record SameForAll(boolean each, boolean notPmem, List<IncompleteReason> reasons, String below) {
    private static final SameForAll EACH = new SameForAll(true, false, List.of(), "");

    Finding finding(Path path, long size) {
      return new Finding(path, notPmem, reasons, List.of(), below, size);
    }
  }

  /** What is known of every file on the device that a file is on. */
  SameForAll sameForAll(Path path, DeviceNumber device, Stacks stacks) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      if (!file.status().device().equals(device)) {
        throw new IOException("it was replaced meanwhile");
      }
      return sameForAll(FileSystemType.of(file.fileSystemType()), device, stacks);
    }
  }

  private SameForAll sameForAll(FileSystemType type, DeviceNumber device, Stacks stacks)
      throws IOException {
    if (type == FileSystemType.OVERLAY) {
      return SameForAll.EACH;
    }
    if (type == FileSystemType.MEMORY) {
      return new SameForAll(false, true, List.of(), " in memory");
    }
    if (device.major() == 0) {
      IncompleteReason reason =
          new IncompleteReason(
              IncompleteReason.Code.ANONYMOUS_DEVICE,
              "the file is on "
                  + type
                  + ", which names no block device: scan the devices that it uses");
      return new SameForAll(false, false, List.of(reason), " on " + type);
    }
    DeviceStack stack = stacks.of(device);
    boolean realtime = type == FileSystemType.XFS && !mounts.withoutRealtimeDevice(device);
    boolean notPmem = stack.storage() == DeviceStack.Storage.OTHER && !realtime;
    boolean clean =
        stack.clean()
            && (type == FileSystemType.ONE_DEVICE || (type == FileSystemType.XFS && !realtime));
    boolean hopeless = stack.bad().isEmpty() && !stack.reasons().isEmpty();
    return notPmem || clean || hopeless
        ? new SameForAll(false, notPmem, stack.reasons(), " on " + stack.text())
        : SameForAll.EACH;
  }

  private Finding regular(Descriptor file, FileStatus status, Stacks stacks, int depth)
      throws IOException {
    FileSystemType type = FileSystemType.of(file.fileSystemType());
    if (type == FileSystemType.OVERLAY) {
      return overlay(file, status, stacks, depth);
    }
    SameForAll same = sameForAll(type, status.device(), stacks);
    if (!same.each()) {
      return same.finding(file.path(), status.size());
    }
    return onBadDevice(file, status, type, stacks);
  }

  private Finding finding(
      Descriptor file,
      FileStatus status,
      DeviceStack stack,
      List<IncompleteReason> more,
      List<BadRange> ranges) {
    List<IncompleteReason> reasons = stack.reasons();
    if (!more.isEmpty()) {
      reasons = new ArrayList<>(reasons);
      reasons.addAll(more);
    }
    return new Finding(
        file.path(),
        stack.storage() == DeviceStack.Storage.OTHER,
        reasons,
        ranges,
        " on " + stack.text(),
        status.size());
  }

  /** A file that must be opened to tell. */
  private Finding onBadDevice(
      Descriptor known, FileStatus status, FileSystemType type, Stacks stacks) throws IOException {
    Path path = known.path();
    DeviceStack stack = stacks.of(status.device());
    boolean oneDevice = type == FileSystemType.ONE_DEVICE || type == FileSystemType.XFS;
    if (oneDevice && status.empty()) {
      // Closing it would release the locks that this process has on it, see fcntl(2).
      return finding(known, status, stack, List.of(), List.of());
    }
    try (Descriptor file = Descriptor.open(path, true, false)) {
      FileStatus opened = file.status();
      if (!opened.sameFile(status)) {
        return finding(
            known,
            status,
            stack,
            List.of(
                new IncompleteReason(
                    IncompleteReason.Code.CHANGING,
                    path + " was replaced by another file meanwhile: scan again")),
            List.of());
      }
      if (type == FileSystemType.XFS && file.realtime()) {
        return finding(
            known,
            status,
            stack,
            List.of(
                new IncompleteReason(
                    IncompleteReason.Code.REALTIME_DEVICE,
                    path
                        + " has its data on the realtime device of its file system: scan that"
                        + " device")),
            List.of());
      }
      List<IncompleteReason> reasons = new ArrayList<>();
      if (!oneDevice) {
        reasons.add(
            new IncompleteReason(
                IncompleteReason.Code.FILE_SYSTEM,
                path + " is on " + type + ", which may use other devices, too: scan those"));
      }
      return extents(file, opened, stacks, reasons);
    } catch (AccessDeniedException e) {
      return finding(
          known,
          status,
          stack,
          List.of(
              new IncompleteReason(
                  IncompleteReason.Code.FILE_UNREADABLE,
                  path
                      + " may not be opened, so where it lies cannot be told; allow this user to"
                      + " read it")),
          List.of());
    }
  }

  /** What is bad in a file's extents. */
  private Finding extents(
      Descriptor file, FileStatus first, Stacks stacks, List<IncompleteReason> reasons)
      throws IOException {
    ExtentScan scan = ExtentScan.of(file::extents, () -> stacks.of(first.device()), first.size());
    FileStatus status = file.status();
    if (scan.failure() != null) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.EXTENTS_UNREADABLE,
              "the file system does not tell all of where "
                  + file.path()
                  + " lies: "
                  + scan.failure()));
    } else if (!scan.stable()) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.CHANGING,
              file.path()
                  + " kept changing its place while it was scanned: scan again when less is"
                  + " written"));
    }
    ExtentPass pass = scan.pass();
    if (pass != null && pass.unusable()) {
      reasons.add(
          new IncompleteReason(
              IncompleteReason.Code.EXTENTS_UNUSABLE,
              "a part of "
                  + file.path()
                  + " has no place of its own on the device: it is not written out yet,"
                  + " compressed, or kept within the inode"));
    }
    List<BadRange> ranges =
        pass == null
            ? List.of()
            : BadRangeBuilder.ofFile(pass, status.size(), Math.max(file.blockSize(), 1));
    return finding(file, status, scan.stack(), reasons, ranges);
  }

  private Finding overlay(Descriptor file, FileStatus status, Stacks stacks, int depth)
      throws IOException {
    String stack = " on overlayfs";
    String lost;
    try {
      Path layer = overlays.resolve(file.path());
      if (depth < DEEPEST_OVERLAY && sameFile(file.path(), layer)) {
        Finding below = scan(layer, stacks, depth + 1);
        if (layer.equals(overlays.resolve(file.path()))) {
          return new Finding(
              file.path(),
              below.notPmem(),
              below.reasons(),
              below.badRanges(),
              stack + " -> " + layer + below.below(),
              below.size());
        }
      }
      lost = layer + " is not the same file, as seen from here";
    } catch (OverlayScan.LostException e) {
      lost = e.getMessage();
    } catch (IOException e) {
      lost = NativeError.cause(e);
    }
    return Finding.unknown(
        file.path(),
        IncompleteReason.Code.OVERLAY,
        file.path()
            + " is on an overlay and could not be followed, because "
            + lost
            + ": scan the file in its upper or lower directory",
        stack,
        status.size());
  }

  /** Whether an overlay's file has the size and the place on the device of a layer's file. */
  private static boolean sameFile(Path path, Path layer) throws IOException {
    try (Descriptor above = Descriptor.open(path, true, false);
        Descriptor below = Descriptor.open(layer, true, false)) {
      FileStatus status = above.status();
      FileStatus layerStatus = below.status();
      if (layerStatus.type() != Type.REGULAR || status.size() != layerStatus.size()) {
        return false;
      }
      long size = status.size();
      ExtentPass here = ExtentPass.of(above::extents, true, BadSectors.NONE, size);
      ExtentPass there = ExtentPass.of(below::extents, true, BadSectors.NONE, size);
      return here.sameAs(there);
    }
  }
}
