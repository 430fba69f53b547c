package io.github.pmem2j.cli;

import io.github.pmem2j.BadBlockReport;
import java.io.IOException;
import java.nio.file.Path;

/** A file that a scan writes beside its report. */
interface ScanOutput {
  /** Adds a file. */
  void add(BadBlockReport report);

  /** Adds a path that could not be scanned. */
  default void addFailed(Path path, IOException e) {}

  /** Writes what was added, at the end of the scan. */
  default void write() {}
}
