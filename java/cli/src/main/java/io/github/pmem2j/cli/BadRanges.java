package io.github.pmem2j.cli;

/**
 * A {@code badblocks} file of the kernel.
 *
 * @param count how many bad ranges it lists
 * @param complete whether the kernel had room for all: its table ends at 512 ranges and its text at
 *     one page
 */
record BadRanges(long count, boolean complete) {
  private static final int TABLE = 512;
  private static final int PAGE = 4096;

  /** As long as a line can be. */
  private static final int LINE = 32;

  static BadRanges of(String text) {
    long count = text.lines().count();
    return new BadRanges(count, count < TABLE && text.length() < PAGE - LINE);
  }

  @Override
  public String toString() {
    return Text.count(count, "bad range") + (complete ? "" : " or more");
  }
}
