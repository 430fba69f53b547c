package io.github.pmem2j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;

/** Explains what libpmem2 cannot find. */
final class Limits {
  private Limits() {}

  /** Reports that libpmem2 found no device. */
  static void printUnmatched(PrintWriter out, Path path) {
    out.println(Text.path(path) + ": unknown, libpmem2 found no persistent memory below it");
    out.println(
        "  It finds none below ordinary disks; below partitions, LVM and other device-mapper"
            + " volumes"
            + " of persistent memory; or for dax devices that are not on the NVDIMM bus. There"
            + " may be bad blocks: use the command scan.");
  }
}
