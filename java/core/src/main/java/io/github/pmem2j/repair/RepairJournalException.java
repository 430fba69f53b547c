package io.github.pmem2j.repair;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The journal of a repair that cannot be used: damaged, or of another file. What it says is missing
 * may be missing, so nothing was done.
 */
public class RepairJournalException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path journal;

  /**
   * Describes what is wrong.
   *
   * @param journal the journal
   * @param message what is wrong with it and what to do
   */
  public RepairJournalException(Path journal, String message) {
    super(journal + ": " + message);
    this.journal = journal;
  }

  /**
   * The journal.
   *
   * @return its path, or null in an exception that was serialized
   */
  public Path journal() {
    return journal;
  }
}
