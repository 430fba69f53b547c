package io.github.pmem2j.libpmem2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClearedRangesTest {
  private static final int SIZE = 64;

  private ClearedRanges ranges = new ClearedRanges();

  /** Against a plain set of positions, with every way in which ranges can touch and overlap. */
  @Test
  void isASetOfBytes() {
    Random random = new Random(20_240_517);
    for (int round = 0; round < 500; round++) {
      ranges = new ClearedRanges();
      BitSet set = new BitSet();
      for (int step = 0; step < 20; step++) {
        int offset = random.nextInt(SIZE);
        ByteRange block = new ByteRange(offset, 1 + random.nextInt(SIZE - offset));
        BitSet missing = new BitSet();
        for (ByteRange part : ranges.missing(block)) {
          assertTrue(missing.nextSetBit((int) part.offset()) < 0, "in order, and apart");
          missing.set((int) part.offset(), (int) part.end());
        }
        BitSet expected = new BitSet();
        expected.set(offset, (int) block.end());
        expected.andNot(set);
        assertEquals(expected, missing, block + " in " + set);
        assertEquals(expected.isEmpty(), ranges.contains(block), block + " in " + set);
        for (int edge = 1; edge < SIZE; edge++) {
          assertEquals(set.get(edge) != set.get(edge - 1), ranges.hasEdge(edge), edge + " " + set);
        }
        if (random.nextInt(3) == 0) {
          ranges.add(block);
          set.set(offset, (int) block.end());
        }
      }
    }
  }

  @Test
  void isEmptyAtFirst() {
    ByteRange block = new ByteRange(0, 4096);
    assertEquals(List.of(block), ranges.missing(block));
  }
}
