package io.github.pmem2j.internal.linux;

import java.io.IOException;

/**
 * Reads a value whose parts take several system calls and may change in between: repeats until two
 * readings agree.
 */
public final class Settled {
  private static final int MAX_READS = 8;

  private Settled() {}

  /** Reads all parts. */
  @FunctionalInterface
  public interface Reader<T> {
    /** The parts as one value, which is compared with the next. */
    T read() throws IOException;
  }

  /**
   * Reads until two readings in a row are equal.
   *
   * @param what what is read, for the message
   * @throws IOException if it cannot be read, or never settles
   */
  public static <T> T read(String what, Reader<T> reader) throws IOException {
    T before = reader.read();
    for (int i = 1; i < MAX_READS; i++) {
      T now = reader.read();
      if (now.equals(before)) {
        return now;
      }
      before = now;
    }
    throw new IOException(what + " kept changing while it was read: scan again");
  }
}
