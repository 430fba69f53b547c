package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A program that reads a bad page through a mapping, again and again: {@code FILE POSITION EXPECTED
 * READS}. It catches what the JVM throws around the read, in the caller, in the caller's caller and
 * in {@code main}, and prints how often it was caught where; and how often the read returned, and
 * with other bytes than expected.
 */
public final class MappedReads {
  private final MappedByteBuffer map;
  private final int position;
  private final long expected;
  private int left;
  private int caught;
  private int inCaller;
  private int inCallersCaller;
  private int inMain;
  private int returned;
  private int wrong;

  private MappedReads(MappedByteBuffer map, int position, long expected, int reads) {
    this.map = map;
    this.position = position;
    this.expected = expected;
    left = reads;
  }

  /** Reads and counts. */
  public static void main(String[] args) throws IOException {
    MappedByteBuffer map;
    try (FileChannel channel = FileChannel.open(Path.of(args[0]))) {
      map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
    MappedReads program =
        new MappedReads(
            map, Integer.parseInt(args[1]), Long.parseLong(args[2]), Integer.parseInt(args[3]));
    while (program.left > 0) {
      try {
        program.readAll();
      } catch (InternalError e) {
        program.inMain++;
      }
    }
    System.out.printf(
        "%d caught around the read, %d in its caller, %d further out; %d returned, %d with wrong"
            + " bytes%n",
        program.caught,
        program.inCaller,
        program.inCallersCaller + program.inMain,
        program.returned,
        program.wrong);
  }

  private void readAll() {
    while (left > 0) {
      try {
        readSome();
      } catch (InternalError e) {
        inCallersCaller++;
      }
    }
  }

  private void readSome() {
    while (left > 0) {
      try {
        read();
      } catch (InternalError e) {
        inCaller++;
      }
    }
  }

  private void read() {
    left--;
    try {
      long value = map.getLong(position);
      returned++;
      if (value != expected) {
        wrong++;
      }
    } catch (InternalError e) {
      caught++;
    }
  }
}
