package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import io.github.pmem2j.internal.linux.Host;
import io.github.pmem2j.internal.scan.FileScan;
import java.io.IOException;

/**
 * The host of a file, and how it is asked what is bad in a file; a test may make up either.
 *
 * @param host the host
 * @param scanner reports what is bad in an open file
 * @param trial tells why punched blocks of a file would not be replaced by others
 */
record ScannedHost(Host host, Scanner scanner, Trial trial) {
  /** This machine, as it is. */
  static final ScannedHost LOCAL = of(Host.local());

  /** Reports what is bad in an open file. */
  @FunctionalInterface
  interface Scanner {
    BadBlockReport scan(Descriptor file) throws IOException;
  }

  /** Tries in a temporary file how the blocks of a file can be replaced. */
  @FunctionalInterface
  interface Trial {
    /** The reason why they cannot, or null. */
    String refusal(Descriptor file);
  }

  static ScannedHost of(Host host) {
    return new ScannedHost(host, new FileScan(host)::scan, ReplacementTrial::refusal);
  }

  BadBlockReport scan(Descriptor file) throws IOException {
    return scanner.scan(file);
  }

  /** Why punched blocks of a file do not come back as others, or null. Changes nothing in it. */
  String noReplacement(Descriptor file) {
    return trial.refusal(file);
  }

  /** Whether a read goes past the page cache, and so cannot return what the medium has lost. */
  boolean dax(FileStatus status) {
    return host.dax(status);
  }
}
