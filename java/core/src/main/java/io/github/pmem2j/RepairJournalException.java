package io.github.pmem2j;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The journal of a repair that cannot be used: damaged, of another file, or on storage that fails.
 * What it says is missing may be missing, so nothing was cleared, or nothing more.
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
    this(journal, message, null);
  }

  /**
   * Describes what is wrong.
   *
   * @param journal the journal
   * @param message what is wrong with it and what to do
   * @param cause what its storage said, or null
   */
  public RepairJournalException(Path journal, String message, Throwable cause) {
    super(journal + ": " + message, cause);
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
