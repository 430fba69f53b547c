package io.github.pmem2j.emulated;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A program that reads a bad page through a mapping, again and again, and catches what the JVM
 * throws: {@code FILE POSITION READS}. It prints how often the error was caught where the read is,
 * how often in the caller, and how often the read returned, with whatever bytes.
 */
public final class MappedReads {
  private final MappedByteBuffer map;
  private final int position;
  private int caught;
  private int outside;
  private int returned;
  private long sum;

  private MappedReads(MappedByteBuffer map, int position) {
    this.map = map;
    this.position = position;
  }

  /** Reads and counts. */
  public static void main(String[] args) throws IOException {
    int reads = Integer.parseInt(args[2]);
    MappedReads program;
    try (FileChannel channel = FileChannel.open(Path.of(args[0]))) {
      program =
          new MappedReads(
              channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()),
              Integer.parseInt(args[1]));
    }
    for (int i = 0; i < reads; i++) {
      try {
        program.read();
      } catch (InternalError e) {
        program.outside++;
      }
    }
    System.out.printf(
        "%d caught, %d outside, %d returned%n", program.caught, program.outside, program.returned);
    if (program.sum == 42) {
      System.out.println("so that no compiler leaves the reads out");
    }
  }

  private void read() {
    try {
      sum += map.getLong(position);
      returned++;
    } catch (InternalError e) {
      caught++;
    }
  }
}
