package io.github.pmem2j;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A long operation has stopped at a safe point because its thread was interrupted. It can be
 * resumed: the message says how.
 *
 * <p>The interrupt status of the thread stays set, as after a {@link
 * java.nio.channels.ClosedByInterruptException}: clear it with {@link Thread#interrupted()} before
 * you resume in the same thread.
 */
public class CancelledException extends InterruptedIOException {
  private static final long serialVersionUID = 1L;
  private static final long NOT_KNOWN = -1;

  private transient Progress progress;
  private final RangeSet lost;

  /**
   * Describes where the operation has stopped.
   *
   * @param operation what was cancelled, such as "salvage"
   * @param progress its progress so far
   * @param lost the lost bytes that it has found
   * @param resume how to resume it
   */
  public CancelledException(String operation, Progress progress, RangeSet lost, String resume) {
    super(
        describe(Objects.requireNonNull(operation, "operation"), progress)
            + ": "
            + Objects.requireNonNull(resume, "resume"));
    this.progress = progress;
    this.lost = Objects.requireNonNull(lost, "lost");
  }

  private static String describe(String operation, Progress progress) {
    String total = progress.total().isPresent() ? " of " + progress.total().getAsLong() : "";
    String unit = progress.unit() == Progress.Unit.BYTES ? " bytes" : " files";
    return progress.path()
        + ": "
        + operation
        + " cancelled by an interrupt of its thread after "
        + progress.done()
        + total
        + unit;
  }

  /** {@return the progress of the operation when it stopped} */
  public Progress progress() {
    return progress;
  }

  /**
   * The lost bytes that a verification had found when it was cancelled. Other operations store
   * that: a salvage in its mapfile, a repair in its journal.
   *
   * @return bytes of the file; empty for other operations
   */
  public RangeSet lost() {
    return lost;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    out.writeObject(new SerializedPath(progress.path()));
    out.writeObject(progress.unit());
    out.writeLong(progress.done());
    out.writeLong(progress.total().orElse(NOT_KNOWN));
    out.writeLong(progress.lost());
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    SerializedPath path = (SerializedPath) in.readObject();
    Progress.Unit unit = (Progress.Unit) in.readObject();
    long done = in.readLong();
    long total = in.readLong();
    OptionalLong known = total == NOT_KNOWN ? OptionalLong.empty() : OptionalLong.of(total);
    progress = new Progress(path.path(), unit, done, known, in.readLong());
  }
}
