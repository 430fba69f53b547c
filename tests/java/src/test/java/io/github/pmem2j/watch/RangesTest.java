package io.github.pmem2j.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.BadRange;
import io.github.pmem2j.ByteRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangesTest {
  private static List<ByteRange> ranges(long... offsetsAndEnds) {
    List<ByteRange> ranges = new ArrayList<>();
    for (int i = 0; i < offsetsAndEnds.length; i += 2) {
      ranges.add(new ByteRange(offsetsAndEnds[i], offsetsAndEnds[i + 1] - offsetsAndEnds[i]));
    }
    return ranges;
  }

  @Test
  void whatTouchesOrOverlapsIsMerged() {
    assertEquals(
        ranges(0, 30, 40, 50), Ranges.merge(ranges(40, 50, 10, 20, 0, 10, 15, 30, 16, 17)));
    assertEquals(List.of(), Ranges.merge(List.of()));
  }

  @Test
  void aRangeThatHasGrownGainsItsNewEnd() {
    assertEquals(ranges(10, 20), Ranges.minus(ranges(0, 20), ranges(0, 10)));
    assertEquals(List.of(), Ranges.minus(ranges(0, 10), ranges(0, 20)));
    assertEquals(ranges(0, 2, 3, 5, 8, 9), Ranges.minus(ranges(0, 9), ranges(2, 3, 5, 8)));
  }

  @Test
  void randomRangesAreSubtractedAsSetsAre() {
    Random random = new Random(4);
    for (int round = 0; round < 1000; round++) {
      BitSet one = randomSet(random);
      BitSet other = randomSet(random);
      List<ByteRange> difference = Ranges.minus(ranges(one), ranges(other));
      BitSet expected = (BitSet) one.clone();
      expected.andNot(other);
      assertEquals(ranges(expected), Ranges.merge(difference), () -> one + " - " + other);
      assertEquals(difference, Ranges.merge(difference), "sorted, disjoint, merged");
    }
  }

  private static BitSet randomSet(Random random) {
    BitSet set = new BitSet();
    for (int i = random.nextInt(8); i > 0; i--) {
      int from = random.nextInt(1000);
      set.set(from, from + 1 + random.nextInt(200));
    }
    return set;
  }

  private static List<ByteRange> ranges(BitSet set) {
    List<ByteRange> ranges = new ArrayList<>();
    for (int from = set.nextSetBit(0); from >= 0; from = set.nextSetBit(set.nextClearBit(from))) {
      ranges.add(new ByteRange(from, set.nextClearBit(from) - from));
    }
    return ranges;
  }

  @Test
  void aFilesRangesAreCutToThoseOfTheDevice() {
    BadRange bad = new BadRange(8192, 2048, 8192, 4096, BadRange.Kind.DATA, false, "pmem0", 100);
    List<ByteRange> gained = ranges(100 * 512 + 512, 100 * 512 + 1024, 103 * 512, 200 * 512);
    assertEquals(
        List.of(
            new BadRange(8704, 512, 8192, 4096, BadRange.Kind.DATA, false, "pmem0", 101),
            new BadRange(9728, 512, 8192, 4096, BadRange.Kind.DATA, false, "pmem0", 103)),
        Ranges.within(List.of(bad), "pmem0", gained));
    assertEquals(List.of(), Ranges.within(List.of(bad), "pmem1", gained));
    assertEquals(List.of(), Ranges.within(List.of(bad), "pmem0", ranges(0, 51200)));
  }
}
