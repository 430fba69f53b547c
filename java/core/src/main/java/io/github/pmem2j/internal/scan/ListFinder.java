package io.github.pmem2j.internal.scan;

import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.device.BadBlockSource;
import io.github.pmem2j.internal.device.DeviceStack;
import io.github.pmem2j.internal.device.StackResolver;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.linux.FileStatus.Type;
import io.github.pmem2j.internal.linux.FileSystemType;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.linux.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the lists of bad blocks whose changes may affect a path. Not thread-safe. */
public final class ListFinder {
  /** These affect where a file lies, not which devices it is on. */
  private static final Set<IncompleteReason.Code> OF_THE_FILE =
      EnumSet.of(
          IncompleteReason.Code.FILE_UNREADABLE,
          IncompleteReason.Code.EXTENTS_UNREADABLE,
          IncompleteReason.Code.EXTENTS_UNUSABLE,
          IncompleteReason.Code.CHANGING);

  /** These leave a device, or some of the devices of a file, unknown. */
  private static final Set<IncompleteReason.Code> OF_UNKNOWN_DEVICES =
      EnumSet.of(
          IncompleteReason.Code.NO_SYSFS,
          IncompleteReason.Code.SECTOR_MODE,
          IncompleteReason.Code.LOOP_DEVICE,
          IncompleteReason.Code.ANONYMOUS_DEVICE,
          IncompleteReason.Code.FILE_SYSTEM,
          IncompleteReason.Code.OVERLAY,
          IncompleteReason.Code.REALTIME_DEVICE,
          IncompleteReason.Code.DAX_WITHOUT_LIST,
          IncompleteReason.Code.CHANGING);

  private final FileScan scan;
  private final MountTable mounts;
  private final Set<BadBlockSource> lists = new LinkedHashSet<>();
  private final Set<String> reasons = new LinkedHashSet<>();
  private final Set<IncompleteReason> unlisted = new LinkedHashSet<>();
  private final List<Place> places = new ArrayList<>();

  /** Finds the lists of a host. */
  public ListFinder(Host host) {
    this(host, new StackResolver(host));
  }

  /** With the resolver of the host's devices. */
  public ListFinder(Host host, StackResolver resolver) {
    scan = new FileScan(host, resolver);
    mounts = host.mounts();
  }

  /**
   * The lists below a path.
   *
   * @param lists the lists whose changes may affect it
   * @param reasons why other lists may, too
   * @param unlisted those of the reasons by which a part of it may be on persistent memory that has
   *     none of the lists
   * @param places what is at the path, and what is mounted below it
   */
  public record Found(
      List<BadBlockSource> lists,
      List<String> reasons,
      List<IncompleteReason> unlisted,
      List<Place> places) {
    /** Whether the same files are there as before, on devices that list the same bad sectors. */
    public boolean sameAs(Found before) {
      boolean same =
          reasons.equals(before.reasons)
              && lists.equals(before.lists)
              && places.size() == before.places.size();
      for (int i = 0; same && i < places.size(); i++) {
        same = places.get(i).sameAs(before.places.get(i));
      }
      return same;
    }
  }

  /** A file, or the root of a file system, and the devices below it. */
  record Place(Path path, DeviceNumber device, long inode, DeviceStack stack) {
    boolean sameAs(Place before) {
      return path.equals(before.path)
          && device.equals(before.device)
          && inode == before.inode
          && stack.sameAs(before.stack);
    }
  }

  /** Finds the lists below a file, a device, or a directory with everything mounted in it. */
  public Found below(Path path) throws IOException {
    lists.clear();
    reasons.clear();
    unlisted.clear();
    places.clear();
    switch (type(path)) {
      case DIRECTORY -> {
        directory(path, false);
        mountedBelow(path.toRealPath());
      }
      case REGULAR, BLOCK_DEVICE, CHARACTER_DEVICE -> file(path);
      default ->
          throw NativeError.invalidType(
              "finding its device",
              path,
              "name a regular file, a directory, a block device or a dax device");
    }
    return new Found(
        List.copyOf(lists), List.copyOf(reasons), List.copyOf(unlisted), List.copyOf(places));
  }

  private void mountedBelow(Path real) {
    List<String> points = List.of();
    try {
      points = mounts.below(real);
    } catch (IOException e) {
      unlisted(
          IncompleteReason.Code.FILE_UNREADABLE,
          "what is mounted below " + real + " is unknown: " + NativeError.cause(e));
    }
    for (String point : points) {
      try {
        directory(MountTable.path(point), true);
      } catch (IOException | IllegalArgumentException e) {
        unlisted(
            IncompleteReason.Code.FILE_UNREADABLE,
            "the devices of " + point + " are unknown: " + NativeError.cause(e));
      }
    }
  }

  private static Type type(Path path) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      return file.status().type();
    }
  }

  private void file(Path path) throws IOException {
    try (Descriptor file = Descriptor.openPath(path)) {
      ScanResult result = scan.below(file, scan.remembered());
      FileStatus status = file.status();
      places.add(new Place(path, status.device(), status.inode(), result.stack));
      if (result.notPmem() && result.more.isEmpty()) {
        noList(path + result.below);
      }
      add(
          result.stack,
          Stream.concat(result.stack.reasons().stream(), result.more.stream())
              .filter(reason -> !OF_THE_FILE.contains(reason.code())));
    }
  }

  private void noList(String what) {
    reasons.add(what + ": no persistent memory, and no list of bad blocks");
  }

  /** A file system mounted below a directory may keep files in memory: nothing is missed there. */
  private void directory(Path path, boolean mounted) throws IOException {
    FileStatus status;
    FileSystemType type;
    try (Descriptor directory = Descriptor.openPath(path)) {
      status = directory.status();
      type = FileSystemType.of(directory.fileSystemType());
    }
    DeviceStack stack = DeviceStack.other(type.toString());
    if (type != FileSystemType.MEMORY || !mounted) {
      stack = devices(path, type, status.device(), stack);
    }
    places.add(new Place(path, status.device(), status.inode(), stack));
  }

  private DeviceStack devices(
      Path path, FileSystemType type, DeviceNumber device, DeviceStack unknown) {
    Stacks stacks = scan.remembered();
    ScanResult same = scan.sameForAll(type, device, stacks).orElse(null);
    if (same == null) {
      return each(path, type, device, stacks, unknown);
    } else if (same.notPmem()) {
      noList(path + same.below);
    } else {
      add(same.stack, same.stack.reasons().stream());
    }
    return same.stack;
  }

  private void add(DeviceStack stack, Stream<IncompleteReason> why) {
    lists.addAll(stack.lists());
    why.forEach(
        reason -> {
          reasons.add(reason.message());
          if (stack.lists().isEmpty() || OF_UNKNOWN_DEVICES.contains(reason.code())) {
            unlisted.add(reason);
          }
        });
  }

  private void unlisted(IncompleteReason.Code code, String message) {
    reasons.add(message);
    unlisted.add(new IncompleteReason(code, message));
  }

  private DeviceStack each(
      Path path, FileSystemType type, DeviceNumber device, Stacks stacks, DeviceStack unknown) {
    switch (type) {
      case OVERLAY ->
          unlisted(
              IncompleteReason.Code.OVERLAY,
              path + " is on an overlay: name its upper and lower directories instead");
      case ONE_DEVICE, ONE_DEVICE_UNMAPPED -> {}
      case XFS -> {
        if (!mounts.withoutRealtimeDevice(device)) {
          unlisted(
              IncompleteReason.Code.REALTIME_DEVICE,
              path + " may have files on the realtime device of XFS, which is unknown");
        }
      }
      default ->
          unlisted(
              IncompleteReason.Code.FILE_SYSTEM,
              path + " is on " + type + ", which may use devices that are unknown");
    }
    if (type == FileSystemType.OVERLAY) {
      return unknown;
    }
    DeviceStack stack = stacks.of(device);
    add(stack, stack.reasons().stream());
    return stack;
  }
}
