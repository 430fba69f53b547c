package io.github.pmem2j.cli.html;

import java.util.Locale;

/** The state of a range, a file or a device; the worst first. */
public enum State {
  /** Its bytes are lost. */
  LOST("lost", "no read returns it"),
  /** An interrupted repair has left zeros. */
  ZEROED("zeroed", "an unfinished repair cleared it: it reads as zeros"),
  /** A read fails, although the bytes themselves are good. */
  UNREADABLE("unreadable", "good bytes in a page or block that an ordinary read fails on"),
  /** Bad, but it holds no data. */
  UNUSED("bad, without data", "a bad sector that holds no data of a file"),
  /** It is unknown whether it is bad. */
  UNKNOWN("unknown", "may be bad: this could not be determined"),
  /** Nothing is known to be bad. */
  GOOD("good", "no known error"),
  /** Nothing reports errors of it. */
  NOT_LISTED("no list", "its storage keeps no list of bad blocks"),
  /** It was not examined. */
  OUTSIDE("not looked at", "belongs to no file of this report");

  private final String label;
  private final String meaning;

  State(String label, String meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  /** {@return the word for a person, in lower case} */
  public String label() {
    return label;
  }

  String meaning() {
    return meaning;
  }

  /** Its name in the style sheet. */
  String css() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The worse of two.
   *
   * @param other the other
   * @return this or the other
   */
  public State worse(State other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
