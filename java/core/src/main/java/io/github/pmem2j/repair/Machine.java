package io.github.pmem2j.repair;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.internal.linux.Descriptor;
import io.github.pmem2j.internal.linux.FileStatus;
import java.io.IOException;
import java.nio.file.Path;

/** What a repair asks the machine it runs on: this one, or one that a test has made up. */
@FunctionalInterface
interface Machine {
  /** What is bad on the file now. */
  BadBlockReport scan(Path path) throws IOException;

  /** What is bad on a file that is open: what its name leads to by now may be another. */
  default BadBlockReport scan(Descriptor file) throws IOException {
    BadBlockReport report = scan(file.path());
    try (Descriptor named = Descriptor.openPath(file.path())) {
      if (!named.status().sameFile(file.status())) {
        throw new IOException(
            file.path()
                + ": another file has taken its name meanwhile, so it is not known what is bad in"
                + " this one: begin again with that file");
      }
    }
    return report;
  }

  /** Where sysfs is mounted. */
  default Path sysfs() {
    return Path.of("/sys");
  }

  /** Where the device nodes are. */
  default Path dev() {
    return Path.of("/dev");
  }

  /** Why punched blocks of a file do not come back as others, or null. Changes nothing in it. */
  default String noReplacement(Descriptor file) {
    return ReplacementTrial.refusal(file, this);
  }

  /** Whether a read goes past the page cache, and so cannot give what the medium has lost. */
  default boolean dax(FileStatus status) {
    return status.dax();
  }
}
