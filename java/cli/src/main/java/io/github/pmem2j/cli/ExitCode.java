package io.github.pmem2j.cli;

/** What the process exits with, from the least grave to the gravest. */
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

  /** The number. */
  int code() {
    return code;
  }

  /** The graver of the two. */
  ExitCode or(ExitCode other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
