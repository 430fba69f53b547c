package io.github.pmem2j.cli;

/** The documented exit codes. */
final class ExitCodes {
  static final int OK = 0;
  static final int BAD_BLOCKS = 1;
  static final int ERROR = 2;
  static final int UNKNOWN = 3;

  private ExitCodes() {}
}
