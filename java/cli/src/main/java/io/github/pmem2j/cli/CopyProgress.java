package io.github.pmem2j.cli;

import java.io.PrintWriter;

/** How much of a file has been read, and how much of it is lost. */
final class CopyProgress implements AutoCloseable {
  private static final int MIB = 1 << 20;

  private final Progress progress;

  CopyProgress(PrintWriter terminal, String task) {
    progress = new Progress(terminal, task, " MiB", MIB);
  }

  void update(long done, long size, long lost) {
    progress.update(done, size, Text.bytes(lost) + " lost");
  }

  @Override
  public void close() {
    progress.close();
  }
}
