package io.github.pmem2j.cli;

import io.github.pmem2j.Progress;
import io.github.pmem2j.ProgressListener;
import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows the progress of long work on one line of the terminal; does nothing without one. */
final class ProgressLine implements ProgressListener, AutoCloseable {
  private static final String CLEAR_LINE = "\r\033[K";

  /** On a narrow terminal a line that wraps would leave its beginning behind. */
  private static final String NO_WRAP = "\033[?7l";

  private static final String WRAP = "\033[?7h";
  private static final int MIB = 1 << 20;
  private static final int WIDTH = 79;
  private static final int INTERVAL_MILLIS = 200;

  /** Null where there is no terminal. */
  private final ProgressBar bar;

  private final PrintWriter terminal;
  private boolean shown;

  /** Starts a line that counts bytes, on standard error. */
  static ProgressLine ofBytes(PrintWriter terminal, String task) {
    return new ProgressLine(terminal, task, " MiB", MIB);
  }

  /** Starts a line that counts files. */
  static ProgressLine ofFiles(PrintWriter terminal, String task) {
    return new ProgressLine(terminal, task, " files", 1);
  }

  private ProgressLine(PrintWriter terminal, String task, String unit, long unitSize) {
    this.terminal = terminal;
    this.bar =
        Terminal.showsProgress()
            ? new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(unit, unitSize)
                .setStyle(ProgressBarStyle.ASCII)
                .setInitialMax(-1)
                .setUpdateIntervalMillis(INTERVAL_MILLIS)
                .setConsumer(new DelegatingProgressBarConsumer(this::show, WIDTH))
                .build()
            : null;
  }

  @Override
  public void progress(Progress progress) {
    if (bar != null) {
      bar.maxHint(progress.total().orElse(-1));
      bar.stepTo(progress.done());
      bar.setExtraMessage(Text.bytes(progress.lost()) + " lost");
    }
  }

  /** Called in a thread of the bar. */
  private synchronized void show(String line) {
    terminal.print(CLEAR_LINE + NO_WRAP + line + WRAP);
    terminal.flush();
    shown = true;
  }

  /** Removes the line and prints another. */
  synchronized void println(PrintWriter out, String line) {
    erase();
    out.println(line);
  }

  /** Removes the line before other output. */
  synchronized void erase() {
    if (shown) {
      terminal.print(CLEAR_LINE);
      terminal.flush();
      shown = false;
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      erase();
    }
  }
}
