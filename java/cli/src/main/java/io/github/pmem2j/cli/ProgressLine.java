package io.github.pmem2j.cli;

import io.github.pmem2j.scan.ScanProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** How far a scan is: one line that is written over, on a terminal alone. */
final class ProgressLine implements ScanProgress {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintWriter terminal;
  private final boolean shown;
  private boolean dirty;
  private long next = System.nanoTime();

  ProgressLine(PrintWriter terminal, boolean wanted) {
    this.terminal = terminal;
    this.shown = wanted && isTerminal();
  }

  private static boolean isTerminal() {
    try {
      return Files.readSymbolicLink(STANDARD_ERROR).toString().matches("/dev/(pts/|tty|console).*");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void scanned(long files, long bytes) {
    if (shown && System.nanoTime() - next >= 0) {
      next = System.nanoTime() + INTERVAL_NANOS;
      terminal.print(CLEAR_LINE + Text.count(files, "file") + ", " + Text.bytes(bytes));
      terminal.flush();
      dirty = true;
    }
  }

  /** Takes the line away, before something else is printed. */
  void erase() {
    if (dirty) {
      terminal.print(CLEAR_LINE);
      terminal.flush();
      dirty = false;
    }
  }
}
