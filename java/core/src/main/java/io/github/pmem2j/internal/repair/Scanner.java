package io.github.pmem2j.internal.repair;

import io.github.pmem2j.scan.BadBlockReport;
import java.io.IOException;
import java.nio.file.Path;

/** Who tells what is bad: the scanner, or a test's table. */
@FunctionalInterface
public interface Scanner {
  /** What is bad on the file now. */
  BadBlockReport scan(Path path) throws IOException;
}
