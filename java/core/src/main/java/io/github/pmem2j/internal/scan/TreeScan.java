package io.github.pmem2j.internal.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.internal.jni.NativeError;
import io.github.pmem2j.internal.journal.PendingRepair;
import io.github.pmem2j.internal.linux.FileKeys;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Scans every regular file below a directory, one at each step, without following symbolic links. A
 * device is queried once, with the first file on it; on a device without errors a file costs
 * nothing but its attributes. Unreadable files are reported; files removed meanwhile are left out.
 */
public final class TreeScan implements Iterator<BadBlockReport>, AutoCloseable {
  private final FileScan scan;
  private final Runnable safePoint;
  private final Stacks stacks;
  private final Map<Long, Optional<ScanResult>> devices = new HashMap<>();

  private final FileKeys keys = new FileKeys();
  private final Deque<Directory> open = new ArrayDeque<>();
  private BadBlockReport next;

  /** Another file has replaced a file while it was scanned. */
  static final class ReplacedException extends IOException {
    private static final long serialVersionUID = 1;

    ReplacedException(Path path) {
      super(path + " was replaced while it was scanned: scan it again");
    }
  }

  private record Directory(Path path, DirectoryStream<Path> stream, Iterator<Path> entries) {}

  /**
   * Starts at a directory or file.
   *
   * @param safePoint is run before each step; where it throws, the next call continues
   * @throws IOException if there is none
   */
  public TreeScan(FileScan scan, Path root, Runnable safePoint) throws IOException {
    this.scan = scan;
    this.safePoint = safePoint;
    this.stacks = scan.remembered();
    Files.readAttributes(root, BasicFileAttributes.class);
    next = visit(root);
  }

  @Override
  public boolean hasNext() {
    while (next == null && !open.isEmpty()) {
      safePoint.run();
      try {
        Iterator<Path> entries = open.peek().entries;
        if (entries.hasNext()) {
          next = visit(entries.next(), LinkOption.NOFOLLOW_LINKS);
        } else {
          leave();
        }
      } catch (DirectoryIteratorException e) {
        next = unreadable(open.peek().path, e.getCause());
        leave();
      }
    }
    return next != null;
  }

  @Override
  public BadBlockReport next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    BadBlockReport report = next;
    next = null;
    return report;
  }

  /** The report of a file, or null for anything else. */
  private BadBlockReport visit(Path path, LinkOption... links) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, links);
      if (attributes.isDirectory()) {
        enter(path);
      }
      return attributes.isRegularFile()
          ? file(path, device(path, attributes, links), attributes.size())
          : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (ReplacedException e) {
      return unknown(path, IncompleteReason.Code.CHANGING, e.getMessage());
    } catch (IOException e) {
      return unreadable(path, e);
    }
  }

  /** The device number as stat(2) packs it, from the attributes already read where possible. */
  private long device(Path path, BasicFileAttributes attributes, LinkOption... links)
      throws IOException {
    long known = keys.device(attributes);
    return known >= 0 ? known : (long) Files.getAttribute(path, "unix:dev", links);
  }

  private BadBlockReport file(Path path, long device, long size) throws IOException {
    Optional<ScanResult> same = devices.get(device);
    if (same == null) {
      same = scan.sameForAll(path, FileKeys.unpack(device), stacks);
      devices.put(device, same);
    }
    return same.isEmpty() || mayHaveRepair(path)
        ? scan.scan(path, stacks)
        : same.get().report(path, size);
  }

  /** Checks one path for a repair mark: everything else holds for every file on the device. */
  private static boolean mayHaveRepair(Path path) throws IOException {
    try {
      return PendingRepair.possible(path);
    } catch (AccessDeniedException e) {
      return true; // The scan of the file reports the reason.
    }
  }

  private static BadBlockReport unreadable(Path path, IOException cause) {
    return unknown(
        path,
        IncompleteReason.Code.FILE_UNREADABLE,
        path
            + " cannot be read: "
            + NativeError.cause(cause)
            + "; allow this user to read it and what is in it");
  }

  private static BadBlockReport unknown(Path path, IncompleteReason.Code code, String message) {
    return BadBlockReport.builder().incomplete(new IncompleteReason(code, message)).build(path, 0);
  }

  private void enter(Path directory) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
    open.push(new Directory(directory, stream, stream.iterator()));
  }

  private void leave() {
    try {
      open.pop().stream.close();
    } catch (IOException e) {
      // The directory was read to its end.
    }
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      leave();
    }
    next = null;
  }
}
