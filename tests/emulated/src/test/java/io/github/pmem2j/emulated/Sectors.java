package io.github.pmem2j.emulated;

import java.util.List;

/** A range of 512-byte sectors of some device. */
record Sectors(long first, long count) {
  static final int SIZE = 512;
  static final int PAGE = 4096;
  static final int PER_PAGE = PAGE / SIZE;

  /** Reads the kernel's text for a list of bad blocks: "first count" on each line. */
  static List<Sectors> parse(String badBlocks) {
    return badBlocks.lines().map(line -> line.split(" ")).map(Sectors::ofWords).toList();
  }

  private static Sectors ofWords(String[] words) {
    return new Sectors(Long.parseLong(words[0]), Long.parseLong(words[1]));
  }

  boolean contains(Sectors other) {
    return first <= other.first && other.first + other.count <= first + count;
  }

  long offset() {
    return first * SIZE;
  }

  long length() {
    return count * SIZE;
  }
}
