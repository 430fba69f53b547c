package io.github.pmem2j.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jfr.Events;
import io.github.pmem2j.internal.journal.PendingRepair;
import io.github.pmem2j.internal.linux.DeviceMapper;
import io.github.pmem2j.internal.linux.MappingTables;
import io.github.pmem2j.internal.scan.FileScan;
import io.github.pmem2j.internal.scan.Finding;
import io.github.pmem2j.internal.scan.TreeScan;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Finds the bad blocks of files and devices by asking the kernel: which device a file is on and
 * what that lies on (sysfs, the tables of device-mapper), that device's list of bad blocks (the
 * {@code badblocks} attribute of block/genhd.c and drivers/nvdimm of the kernel), and where on the
 * device the file is (FIEMAP, Documentation/filesystems/fiemap.rst). Where one of these cannot be
 * told, the report says {@link Verdict#UNKNOWN} and why, and never {@link Verdict#CLEAN}.
 *
 * <p>It reads; it changes nothing. It needs no libndctl. Most of it works for every user; without
 * root, device-mapper's tables and where dax devices begin are unknown, which matters only where
 * something below is bad.
 *
 * <p>Immutable and thread-safe. Nothing is remembered between two calls.
 */
public final class BadBlockScanner {
  private static final BadBlockScanner DEFAULT = create();

  private final FileScan scanner;

  /**
   * With made-up roots and tables, for tests.
   *
   * @param sys in place of {@code /sys}
   * @param proc in place of {@code /proc}
   * @param tables in place of the kernel's device-mapper
   */
  BadBlockScanner(Path sys, Path proc, MappingTables tables) {
    scanner = new FileScan(sys, proc, tables);
  }

  /**
   * Makes a scanner of this machine.
   *
   * @return a scanner
   */
  public static BadBlockScanner create() {
    return new BadBlockScanner(Path.of("/sys"), Path.of("/proc"), DeviceMapper::table);
  }

  /**
   * Scans a regular file, or a device by its node, with a scanner of this machine.
   *
   * @param path a regular file, a block device or a dax device; symbolic links are followed
   * @return the report as of now
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws java.nio.file.AccessDeniedException if a directory on the way may not be searched
   * @throws io.github.pmem2j.Pmem2Exception with {@code PMEM2_E_INVALID_FILE_TYPE} if it is
   *     anything else, {@code PMEM2_E_NOSUPP} where there is no native library
   * @throws IOException if it cannot be asked
   */
  public static BadBlockReport scan(Path path) throws IOException {
    return DEFAULT.scanFile(path);
  }

  /**
   * Scans a regular file, or a device by its node.
   *
   * @param path a regular file, a block device or a dax device; symbolic links are followed
   * @return the report as of now
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws java.nio.file.AccessDeniedException if a directory on the way may not be searched
   * @throws io.github.pmem2j.Pmem2Exception with {@code PMEM2_E_INVALID_FILE_TYPE} if it is
   *     anything else, {@code PMEM2_E_NOSUPP} where there is no native library
   * @throws IOException if it cannot be asked
   */
  public BadBlockReport scanFile(Path path) throws IOException {
    long begin = System.nanoTime();
    return finished(report(scanner.scan(path, scanner.current())), begin);
  }

  /**
   * Scans a device by its node. Where a file may lie on it does not matter here: all that is bad is
   * reported.
   *
   * @param path a block device (a disk, a partition, a mapped device) or a dax device
   * @return the report as of now
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws java.nio.file.AccessDeniedException if a directory on the way may not be searched
   * @throws io.github.pmem2j.Pmem2Exception with {@code PMEM2_E_INVALID_FILE_TYPE} if it is no
   *     device, {@code PMEM2_E_NOSUPP} where there is no native library
   * @throws IOException if it cannot be asked
   */
  public BadBlockReport scanDevice(Path path) throws IOException {
    long begin = System.nanoTime();
    return finished(report(scanner.scanDevice(path, scanner.current())), begin);
  }

  /**
   * Scans every regular file below a directory, also in file systems mounted below it, and without
   * following symbolic links. Each device's list is read once, when the first file on it is met:
   * the reports are as of then.
   *
   * <p>A directory or file that cannot be read is a report of its own, {@link Verdict#UNKNOWN}. One
   * that is removed meanwhile is left out.
   *
   * @param root a directory, or a file
   * @param callback told of each file; null for none
   * @return the reports, as they are found; close it unless it is read to its end
   * @throws java.nio.file.NoSuchFileException if there is no {@code root}
   * @throws IOException if it cannot be asked
   */
  public Stream<BadBlockReport> scanTree(Path root, ScanProgress callback) throws IOException {
    TreeScan tree = new TreeScan(scanner, Objects.requireNonNull(root));
    Iterator<BadBlockReport> reports = new Reports(root, tree, callback);
    int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(reports, characteristics), false)
        .onClose(tree::close);
  }

  private static BadBlockReport finished(BadBlockReport report, long begin) {
    Events.scanFinished(
        report.path(),
        report.verdict(),
        report.complete(),
        report.badRanges().size(),
        System.nanoTime() - begin);
    return report;
  }

  private static BadBlockReport report(Finding device) throws NoSuchFileException {
    Finding finding = PendingRepair.addTo(device);
    return new BadBlockReport(
        finding.path(),
        finding.notPmem(),
        finding.reasons(),
        finding.badRanges(),
        finding.below(),
        finding.size());
  }

  private static final class Reports implements Iterator<BadBlockReport> {
    private final long begin = System.nanoTime();
    private final Path root;
    private final TreeScan tree;
    private final ScanProgress callback;
    private BadBlockReport next;
    private long files;
    private long bytes;
    private Verdict verdict = Verdict.NOT_PMEM;
    private boolean complete = true;
    private int badRanges;
    private boolean finished;

    Reports(Path root, TreeScan tree, ScanProgress callback) {
      this.root = root;
      this.tree = tree;
      this.callback = callback;
    }

    @Override
    public boolean hasNext() {
      while (next == null && tree.hasNext()) {
        try {
          next = report(tree.next());
        } catch (NoSuchFileException e) {
          // It has been removed meanwhile.
        }
      }
      if (next == null && !finished) {
        finished = true;
        Events.scanFinished(root, verdict, complete, badRanges, System.nanoTime() - begin);
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
      files++;
      bytes += report.size();
      verdict = verdict.graver(report.verdict());
      complete &= report.complete();
      badRanges += report.badRanges().size();
      if (callback != null) {
        callback.scanned(files, bytes);
      }
      return report;
    }
  }
}
