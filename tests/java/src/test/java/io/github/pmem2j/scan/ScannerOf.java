package io.github.pmem2j.scan;

import io.github.pmem2j.internal.linux.MappingTables;
import java.nio.file.Path;

/** Opens the scanner's constructor to the tests of other packages. */
public final class ScannerOf {
  private ScannerOf() {}

  /** A scanner with made-up roots and tables. */
  public static BadBlockScanner roots(Path sys, Path proc, MappingTables tables) {
    return new BadBlockScanner(sys, proc, tables);
  }
}
