package io.github.pmem2j.watch;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.scan.ListFinder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the watch asks of the system. */
interface Sight {
  /** The file that notifies of every change of the mounts. */
  Path mounts();

  /** The lists below a path as it lies now. */
  ListFinder.Found below(Path path) throws IOException;

  /** Scans a file or a device, or all files below a directory. */
  Stream<BadBlockReport> scan(Path path) throws IOException;
}
