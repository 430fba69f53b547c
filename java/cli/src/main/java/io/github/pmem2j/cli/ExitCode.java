package io.github.pmem2j.cli;

/** What the process exits with. */
final class ExitCode {
  /** Nothing is bad, or what was bad has been cleared. */
  static final int OK = 0;

  /** There are bad blocks. */
  static final int BAD_BLOCKS = 1;

  /** Wrong usage, or something failed. */
  static final int ERROR = 2;

  /** libpmem2 found no device to ask. */
  static final int UNKNOWN = 3;

  private static final int[] GRAVEST_FIRST = {ERROR, BAD_BLOCKS, UNKNOWN};

  private ExitCode() {}

  /** The code for two paths together: an error, then bad blocks, then "could not tell" win. */
  static int graver(int one, int other) {
    for (int code : GRAVEST_FIRST) {
      if (one == code || other == code) {
        return code;
      }
    }
    return OK;
  }
}
