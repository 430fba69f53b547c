package io.github.pmem2j.device;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.CancelledException;
import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.device.BadBlockOwner.Kind;
import io.github.pmem2j.device.SpaceOwners.InodePart;
import io.github.pmem2j.internal.device.BadSectors;
import io.github.pmem2j.internal.journal.JournalReader;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileKeys;
import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import io.github.pmem2j.internal.scan.BadExtentFinder;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Walks a mounted file system once, to find the names of inodes that have bad sectors, and the
 * files on other bad sectors, whose inode is unknown.
 */
final class TreeOwners extends SimpleFileVisitor<Path> implements ExtentSearch.Listener {
  /** What to do with a name that is found. */
  interface Scanner {
    BadBlockReport scan(Path path) throws IOException;
  }

  /** The number of files between two reports of progress. */
  private static final int STEP = 256;

  private final DeviceNumber device;
  private final BadSectors bad;
  private final RangeOwners claims;
  private final Scanner scanner;
  private final ProgressListener listener;

  /** The inodes whose names are not known yet. */
  private final Map<Long, List<InodePart>> inodes;

  private final BadSectors without;

  /** Null unless a walk is under way for bad sectors without an owner. */
  private ExtentSearch search;

  private final FileKeys keys = new FileKeys();
  private final List<Path> unreadable = new ArrayList<>();
  private Path root;
  private long files;

  /**
   * Prepares a walk.
   *
   * @param bad all bad sectors of the device
   * @param without the bad sectors whose owner is unknown
   */
  TreeOwners(
      DeviceNumber device,
      BadSectors bad,
      BadSectors without,
      Map<Long, List<InodePart>> inodes,
      RangeOwners claims,
      Scanner scanner,
      ProgressListener listener) {
    this.device = device;
    this.bad = bad;
    this.claims = claims;
    this.scanner = scanner;
    this.listener = listener;
    this.inodes = inodes;
    this.without = without;
  }

  /**
   * Walks the file system below a directory.
   *
   * @throws CancelledException if the thread was interrupted
   */
  void walk(Path from) throws IOException {
    root = from;
    if (without.isEmpty() && inodes.isEmpty()) {
      return;
    }
    try (ExtentSearch started =
        without.isEmpty() ? null : new ExtentSearch(without, device, this)) {
      search = started;
      Files.walkFileTree(root, this);
      if (search != null) {
        search.finish();
      }
      report();
    }
  }

  private void report() throws CancelledException {
    Progress progress = new Progress(root, Progress.Unit.FILES, files, OptionalLong.empty(), 0);
    listener.progress(progress);
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException("status", progress, RangeSet.empty(), "read the status again");
    }
  }

  /** The files and directories that could not be examined. */
  List<Path> unreadable() {
    return unreadable;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    return here(attributes) ? visit(directory, attributes) : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    return here(attributes) ? visit(file, attributes) : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path path, IOException e) {
    failed(path, e);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, IOException e) {
    if (e != null) {
      failed(directory, e);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public void failed(Path path, IOException e) {
    if (!(e instanceof NoSuchFileException)) {
      unreadable.add(path);
    }
  }

  private boolean here(BasicFileAttributes attributes) {
    long packed = keys.device(attributes);
    return packed >= 0 && FileKeys.unpack(packed).equals(device);
  }

  private FileVisitResult visit(Path path, BasicFileAttributes attributes)
      throws CancelledException {
    if (++files % STEP == 0) {
      report();
    }
    List<InodePart> parts = inodes.isEmpty() ? null : inodes.remove(keys.inode(attributes));
    if (parts != null) {
      parts.forEach(part -> claims.add(bad, part.range(), owner(path, attributes, part)));
    }
    if (search != null && (attributes.isDirectory() || attributes.isRegularFile())) {
      search.add(path, attributes);
    }
    return search == null && inodes.isEmpty()
        ? FileVisitResult.TERMINATE
        : FileVisitResult.CONTINUE;
  }

  private static BadBlockOwner owner(Path path, BasicFileAttributes attributes, InodePart part) {
    return switch (part.part()) {
      case ATTRIBUTES -> BadBlockOwner.metadata(path, "extended attributes");
      case EXTENT_MAP -> BadBlockOwner.metadata(path, "extents");
      case UNWRITTEN -> data(Kind.UNWRITTEN, path, part);
      case DATA ->
          attributes.isRegularFile()
              ? data(kind(path), path, part)
              : BadBlockOwner.metadata(
                  path, attributes.isDirectory() ? "directory" : "symbolic link");
    };
  }

  private static BadBlockOwner data(Kind kind, Path path, InodePart part) {
    return BadBlockOwner.file(kind, path, new ByteRange(part.offset(), part.range().length()));
  }

  private static Kind kind(Path path) {
    return JournalReader.isName(path.getFileName()) ? Kind.REPAIR_JOURNAL : Kind.FILE;
  }

  @Override
  public void hit(Path path, BasicFileAttributes attributes) {
    if (attributes.isRegularFile()) {
      scan(path);
      return;
    }
    try (Descriptor directory = Descriptor.open(path, Descriptor.Mode.READ)) {
      for (BadRange range : new BadExtentFinder(without).ranges(directory)) {
        claims.add(range, BadBlockOwner.metadata(path, "directory"));
      }
    } catch (IOException e) {
      failed(path, e);
    }
  }

  private void scan(Path path) {
    try {
      BadBlockReport report = scanner.scan(path);
      for (BadRange range : report.badRanges()) {
        switch (range.kind()) {
          case DATA, PAST_END ->
              claims.add(range, BadBlockOwner.file(kind(path), path, range.range()));
          case UNWRITTEN ->
              claims.add(range, BadBlockOwner.file(Kind.UNWRITTEN, path, range.range()));
          case ZEROED -> {} // The device no longer lists it.
        }
      }
      if (!report.complete() && report.badRanges().isEmpty()) {
        unreadable.add(path);
      }
    } catch (IOException e) {
      failed(path, e);
    }
  }
}
