package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import io.github.pmem2j.ErrorSource;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.CxlPoison;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.FileScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The host of a file, and the scanner for it. A test may replace either.
 *
 * @param host the host
 * @param scanner reports what is bad in an open file
 * @param trial determines why punched blocks of a file would not be replaced by others
 */
record ScannedHost(Host host, Scanner scanner, Trial trial) {
  /** This machine. */
  private static final ScannedHost LOCAL = of(Host.local());

  /** Reports what is bad in an open file. */
  interface Scanner {
    /** Everything that is bad in it. */
    BadBlockReport scan(Descriptor file) throws IOException;

    /** What is bad in a range of whole pages; of a device, all of it. */
    BadBlockReport scan(Descriptor file, ByteRange range) throws IOException;

    /** What its devices list in ranges, and at most the rest of their pages. */
    BadBlockReport listed(Descriptor file, RangeSet ranges) throws IOException;
  }

  /** Tries in a temporary file whether the blocks of a file can be replaced. */
  @FunctionalInterface
  interface Trial {
    /** The reason why they cannot, or null. */
    String refusal(Descriptor file);
  }

  /** The host of a file: this machine, unless the test kit simulates another. */
  static ScannedHost of(Path path) {
    Host host = Host.of(path);
    return host == Host.local() ? LOCAL : of(host);
  }

  static ScannedHost of(Host host) {
    return of(host, ReplacementTrial::refusal);
  }

  static ScannedHost of(Host host, Trial trial) {
    FileScan scan = new FileScan(host);
    Scanner scanner =
        new Scanner() {
          @Override
          public BadBlockReport scan(Descriptor file) throws IOException {
            return scan.scan(file);
          }

          @Override
          public BadBlockReport scan(Descriptor file, ByteRange range) throws IOException {
            return scan.scan(file, range);
          }

          @Override
          public BadBlockReport listed(Descriptor file, RangeSet ranges) throws IOException {
            return scan.listed(file, ranges);
          }
        };
    return new ScannedHost(host, scanner, trial);
  }

  BadBlockReport scan(Descriptor file) throws IOException {
    return scanner.scan(file);
  }

  /** What is bad in a range of whole pages. */
  BadBlockReport scan(Descriptor file, ByteRange range) throws IOException {
    return scanner.scan(file, range);
  }

  /** What the devices list in ranges of a file, regardless of its journal. */
  BadBlockReport listed(Descriptor file, RangeSet ranges) throws IOException {
    return scanner.listed(file, ranges);
  }

  /**
   * Zeroes poisoned bytes in blocks of a file or dax device, if CXL devices list the poison; not in
   * blocks that the file shares with others.
   *
   * @return false, without any change, if no CXL device is below the file
   * @throws IOException if it cannot be cleared, or not all of it
   */
  boolean clearPoison(Descriptor file, List<ByteRange> units) throws IOException {
    RangeSet blocks = RangeSet.copyOf(units);
    BadBlockReport report = listed(file, blocks);
    if (!listsPoison(report)) {
      return false;
    }
    if (report.reasons().stream().anyMatch(r -> r.code() == IncompleteReason.Code.CHANGING)) {
      throw new IOException(
          file.path() + " is being moved: its poison may be in another file by now");
    }
    Map<String, RangeSet.Builder> poisoned = new HashMap<>();
    for (BadRange bad : report.badRanges()) {
      if (bad.shared()) {
        continue; // Another file would read zeros there, and nothing would report that.
      }
      long shift = bad.deviceRange().offset() - bad.offset();
      for (ByteRange part : blocks.intersect(bad.range())) {
        poisoned
            .computeIfAbsent(bad.device(), device -> RangeSet.builder())
            .add(part.offset() + shift, part.length());
      }
    }
    CxlPoison poison = new CxlPoison(host.sysfs());
    for (Map.Entry<String, RangeSet.Builder> device : poisoned.entrySet()) {
      poison.clear(device.getKey(), device.getValue().build());
    }
    return true;
  }

  /** Whether a device below lists the poison in it. */
  static boolean listsPoison(BadBlockReport report) {
    return report.sources().stream().anyMatch(s -> s.kind() == ErrorSource.Kind.DEVICE_LIST);
  }

  /**
   * Why punched blocks of a file would not be replaced by others, or null. Does not change the
   * file.
   */
  String noReplacement(Descriptor file) {
    return trial.refusal(file);
  }

  /** Whether a read goes past the page cache, and so cannot return what the medium has lost. */
  boolean dax(FileStatus status) {
    return host.dax(status);
  }
}
