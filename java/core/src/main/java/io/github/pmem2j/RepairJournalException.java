package io.github.pmem2j;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The journal of a repair cannot be used: it is damaged, of another file, or on storage that fails.
 * The bytes that it lists as missing may still be missing, so nothing was cleared, or nothing more.
 */
public class RepairJournalException extends IOException {
  private static final long serialVersionUID = 1L;

  private transient Path journal;

  /**
   * Describes what is wrong.
   *
   * @param journal the journal
   * @param message what is wrong with it and what to do
   */
  public RepairJournalException(Path journal, String message) {
    super(journal + ": " + Objects.requireNonNull(message, "message"));
    this.journal = Objects.requireNonNull(journal, "journal");
  }

  /**
   * Describes what is wrong.
   *
   * @param journal the journal
   * @param message what is wrong with it and what to do
   * @param cause the error of its storage
   */
  public RepairJournalException(Path journal, String message, Throwable cause) {
    super(
        journal + ": " + Objects.requireNonNull(message, "message"),
        Objects.requireNonNull(cause, "cause"));
    this.journal = Objects.requireNonNull(journal, "journal");
  }

  /** {@return the path of the journal} */
  public Path journal() {
    return journal;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    out.writeObject(new SerializedPath(journal));
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    journal = ((SerializedPath) in.readObject()).path();
  }
}
