package io.github.pmem2j.cli;

/** The exit codes, from the least to the most severe. */
enum ExitCode {
  /** Nothing is bad, or what was bad has been cleared. */
  OK(0),

  /** There may be bad blocks that could not be found. */
  UNKNOWN(3),

  /** There are bad blocks. */
  BAD_BLOCKS(1),

  /** Wrong usage, or something failed. */
  ERROR(2);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The code of the process. */
  int code() {
    return code;
  }

  /** The more severe of the two. */
  ExitCode or(ExitCode other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
