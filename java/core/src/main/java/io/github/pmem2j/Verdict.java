package io.github.pmem2j;

import java.util.Objects;

/** The result for a file or device, in one word. */
public enum Verdict {
  /**
   * Its storage has a list of bad blocks, which something fills and which is complete, and none of
   * them is in the file.
   */
  CLEAN,
  /**
   * It has at least one bad block; {@link BadBlockReport#complete()} says whether there may be
   * more.
   */
  BAD,
  /** It is unknown whether there are bad blocks; {@link BadBlockReport#reasons()} says why. */
  UNKNOWN,
  /** Its storage is not persistent memory and keeps no list: an ordinary disk, tmpfs. */
  NOT_PMEM;

  /**
   * The verdict for two files together.
   *
   * @param other the verdict for the other file
   * @return the more severe of the two: BAD, then UNKNOWN, then CLEAN, then NOT_PMEM
   */
  public Verdict moreSevere(Verdict other) {
    Objects.requireNonNull(other, "other");
    for (Verdict verdict : new Verdict[] {BAD, UNKNOWN, CLEAN}) {
      if (this == verdict || other == verdict) {
        return verdict;
      }
    }
    return NOT_PMEM;
  }
}
