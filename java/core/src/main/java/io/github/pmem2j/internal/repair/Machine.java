package io.github.pmem2j.internal.repair;

import io.github.pmem2j.internal.FileStatus;
import io.github.pmem2j.scan.BadBlockReport;
import java.io.IOException;
import java.nio.file.Path;

/** What a repair asks the machine it runs on: this one, or one that a test has made up. */
@FunctionalInterface
public interface Machine {
  /** What is bad on the file now. */
  BadBlockReport scan(Path path) throws IOException;

  /** Where sysfs is mounted. */
  default Path sysfs() {
    return Path.of("/sys");
  }

  /** Where the device nodes are. */
  default Path dev() {
    return Path.of("/dev");
  }

  /** Whether a read goes past the page cache, and so cannot give what the medium has lost. */
  default boolean dax(FileStatus status) {
    return status.dax();
  }
}
