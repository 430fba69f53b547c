package io.github.pmem2j.cli;

import java.io.PrintWriter;

/** Runs the command line in this JVM: an emulated machine takes seconds to start another. */
public final class MainRunner {
  private MainRunner() {}

  /** Runs it, and returns its exit code. */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    return Main.run(args, out, err);
  }
}
