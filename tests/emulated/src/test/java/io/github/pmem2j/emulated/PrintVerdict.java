package io.github.pmem2j.emulated;

import io.github.pmem2j.BadBlockReport;
import io.github.pmem2j.scan.BadBlockScanner;
import java.io.IOException;
import java.nio.file.Path;

/** A program that scans a path and prints what it found, the verdict last: for another user. */
final class PrintVerdict {
  private PrintVerdict() {}

  public static void main(String[] args) throws IOException {
    BadBlockReport report = BadBlockScanner.scan(Path.of(args[0]));
    System.out.println(report + "\n" + report.verdict());
  }
}
