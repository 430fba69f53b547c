package io.github.pmem2j.scan;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ProgressListener;
import io.github.pmem2j.Verdict;
import io.github.pmem2j.internal.jfr.Events;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.FileScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reports which parts of files and devices are lost to bad blocks, from the kernel's information:
 * the device below a file, through partitions and device-mapper, the list of bad blocks of that
 * device (the {@code badblocks} attribute of block/genhd.c and drivers/nvdimm of the kernel), and
 * the extents of the file on the device (FIEMAP, Documentation/filesystems/fiemap.rst). The poison
 * lists of CXL devices are read, too. If any of this is unknown, or nothing fills a list, the
 * verdict is {@link Verdict#UNKNOWN}, with the reason, and never {@link Verdict#CLEAN}.
 *
 * <p>It changes nothing and does not need libndctl. Most of it works for every user; without root,
 * device-mapper's tables, the addresses of dax devices, and the poison lists of CXL devices are
 * unknown, and if that matters the report says so.
 *
 * <p>The static methods scan this machine, like {@link #local()}. Other instances scan another
 * {@link Host}, for tests. Immutable and thread-safe. Every call queries the kernel again. Between
 * calls, two attributes in sysfs stay open for each scrubbed disk that was healthy.
 */
public final class BadBlockScanner {
  private static final BadBlockScanner LOCAL = new BadBlockScanner(UnaryOperator.identity());

  private static final BadBlockScanner TRUSTING = new BadBlockScanner(Host::withTrustedLists);

  /** The scan for each path. */
  private final Function<Path, FileScan> scans;

  private BadBlockScanner(UnaryOperator<Host> view) {
    FileScan local = new FileScan(view.apply(Host.local()));
    scans =
        path -> {
          Host host = Host.of(path);
          return host == Host.local() ? local : new FileScan(view.apply(host));
        };
  }

  /** {@return the scanner of this machine, which the static methods use} */
  public static BadBlockScanner local() {
    return LOCAL;
  }

  /**
   * A scanner of this machine that also trusts lists without a known source: for machines where
   * something other than the kernel fills them, such as a firmware daemon. An empty list of such a
   * device is {@link Verdict#CLEAN}, and {@link BadBlockReport#sources()} has {@link
   * io.github.pmem2j.ErrorSource.Kind#TRUSTED}.
   *
   * @return the scanner
   */
  public static BadBlockScanner trustingLists() {
    return TRUSTING;
  }

  /**
   * Returns a scanner of another host.
   *
   * @param host the machine
   */
  @SuppressWarnings("exports") // exported to the test kit alone
  public BadBlockScanner(Host host) {
    FileScan scan = new FileScan(Objects.requireNonNull(host, "host"));
    scans = path -> scan;
  }

  /**
   * Scans a regular file, or a device by its node, on this machine.
   *
   * @param path a regular file, a block device or a dax device; symbolic links are followed
   * @return the report as of now
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws java.nio.file.AccessDeniedException if permission is denied for a directory on the way
   * @throws java.nio.file.FileSystemException if it is anything else
   * @throws io.github.pmem2j.Pmem2Exception with {@code PMEM2_E_NOSUPP} if there is no native
   *     library
   * @throws IllegalArgumentException if the path is of another file-system provider
   * @throws IOException if the kernel cannot be queried
   */
  public static BadBlockReport scan(Path path) throws IOException {
    return LOCAL.scanFile(path);
  }

  /**
   * Scans a range of a file or device on this machine; for a file with many extents this is faster
   * than {@link #scan(Path)}.
   *
   * @param path a regular file, a block device or a dax device; symbolic links are followed
   * @param range the range; it is widened to pages of 4096 bytes, and to larger blocks of the file
   *     system
   * @return a report of the bad ranges that begin in it or reach into it
   * @throws IOException as {@link #scan(Path)}
   */
  public static BadBlockReport scan(Path path, ByteRange range) throws IOException {
    return LOCAL.scanFile(path, range);
  }

  /**
   * Scans every regular file below a directory of this machine, also in file systems mounted below
   * it, without following symbolic links. The list of each device is read once, for the first file
   * on it: the reports are of that moment.
   *
   * <p>A directory or file that cannot be read has its own report, {@link Verdict#UNKNOWN}. A file
   * that is removed meanwhile is omitted.
   *
   * <p>If the thread is interrupted, the stream throws an {@link java.io.UncheckedIOException}
   * whose cause is a {@link io.github.pmem2j.CancelledException}. An {@link Stream#iterator()} of
   * it continues once the interrupt status is cleared.
   *
   * @param root a directory, or a file
   * @return the reports, as they are found; close it unless it is read to its end
   * @throws java.nio.file.NoSuchFileException if there is no {@code root}
   * @throws IOException if the kernel cannot be queried
   */
  public static Stream<BadBlockReport> scanTree(Path root) throws IOException {
    return LOCAL.scanFiles(root);
  }

  /**
   * Scans as {@link #scanTree(Path)}, and reports the progress.
   *
   * @param root a directory, or a file
   * @param listener gets the progress: how many files were scanned
   * @return as {@link #scanTree(Path)}
   * @throws IOException likewise
   */
  public static Stream<BadBlockReport> scanTree(Path root, ProgressListener listener)
      throws IOException {
    return LOCAL.scanFiles(root, listener);
  }

  /**
   * Scans a file on this scanner's host, as {@link #scan(Path)}.
   *
   * @param path a regular file, a block device or a dax device
   * @return the report as of now
   * @throws IOException as {@link #scan(Path)}
   */
  public BadBlockReport scanFile(Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    return scanFile(path, new ByteRange(0, Long.MAX_VALUE));
  }

  /**
   * Scans a range of a file on this scanner's host, as {@link #scan(Path, ByteRange)}.
   *
   * @param path a regular file, a block device or a dax device
   * @param range the range
   * @return a report of what is bad in it
   * @throws IOException as {@link #scan(Path)}
   */
  public BadBlockReport scanFile(Path path, ByteRange range) throws IOException {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(range, "range");
    long begin = System.nanoTime();
    try (Descriptor file = Descriptor.openPath(path)) {
      BadBlockReport report = scans.apply(path).scan(file, range);
      Events.scanFinished(
          report.path(),
          report.verdict(),
          report.complete(),
          report.badRanges().size(),
          System.nanoTime() - begin);
      return report;
    }
  }

  /**
   * Scans every regular file below a directory of this scanner's host, as {@link #scanTree}.
   *
   * @param root a directory, or a file
   * @return the reports, as they are found; close it unless it is read to its end
   * @throws IOException as {@link #scanTree}
   */
  public Stream<BadBlockReport> scanFiles(Path root) throws IOException {
    return scanFiles(root, ProgressListener.none());
  }

  /**
   * Scans as {@link #scanFiles(Path)}, and reports the progress.
   *
   * @param root a directory, or a file
   * @param listener gets the progress: how many files were scanned
   * @return as {@link #scanTree(Path)}
   * @throws IOException likewise
   */
  public Stream<BadBlockReport> scanFiles(Path root, ProgressListener listener) throws IOException {
    TreeReports reports =
        new TreeReports(
            scans.apply(Objects.requireNonNull(root, "root")),
            root,
            Objects.requireNonNull(listener, "listener"));
    int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(reports, characteristics), false)
        .onClose(reports::close);
  }
}
