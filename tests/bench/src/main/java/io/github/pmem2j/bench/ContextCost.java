package io.github.pmem2j.bench;

import io.github.pmem2j.Pmem2BadBlocks;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The peer of context_cost.c: opens, drains and closes the bad blocks of a file, many times.
 * Arguments: FILE ROUNDS CYCLES. Prints nanoseconds a cycle, one line a round, and how many bad
 * blocks a cycle saw.
 */
public final class ContextCost {
  private ContextCost() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    int cycles = Integer.parseInt(args[2]);
    for (int round = 0; round < rounds; round++) {
      int count = 0;
      long begin = System.nanoTime();
      for (int i = 0; i < cycles; i++) {
        try (Pmem2BadBlocks badBlocks = Pmem2BadBlocks.openReadOnly(file)) {
          count = badBlocks.remaining().size();
        }
      }
      System.out.println((System.nanoTime() - begin) / cycles + " " + count);
    }
  }
}
