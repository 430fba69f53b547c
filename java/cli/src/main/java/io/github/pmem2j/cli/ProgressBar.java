package io.github.pmem2j.cli;

import java.io.PrintStream;

/** How far something has come: one line that is written over, on a terminal only. */
final class ProgressBar implements AutoCloseable {
  private static final long BETWEEN_NANOS = 200_000_000;
  private static final int WIDTH = 30;

  private final PrintStream terminal;
  private long last = System.nanoTime();
  private boolean shown;

  private ProgressBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  /** On standard error, if this is run by a person. */
  static ProgressBar create() {
    return new ProgressBar(System.console() == null ? null : System.err);
  }

  /** Shows it, but not too often. */
  void show(long done, long size, long lost) {
    long now = System.nanoTime();
    if (terminal == null || now - last < BETWEEN_NANOS) {
      return;
    }
    last = now;
    shown = true;
    double part = size == 0 ? 1 : Math.min(1, (double) done / size); // it may have grown
    int filled = (int) (part * WIDTH);
    terminal.printf(
        "\r[%s%s] %d%% of %s, %s lost ",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        (long) (part * 100),
        Text.bytes(size),
        Text.bytes(lost));
  }

  @Override
  public void close() {
    if (shown) {
      terminal.println();
    }
  }
}
