package io.github.pmem2j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sets of ranges against plain sets of positions. */
@Tag("no-native")
class RangeSetTest {
  private static final int SIZE = 60;

  private static RangeSet set(BitSet bits) {
    RangeSet.Builder builder = RangeSet.builder();
    for (int from = bits.nextSetBit(0); from >= 0; ) {
      int to = bits.nextClearBit(from);
      builder.add(from, to - from);
      from = bits.nextSetBit(to);
    }
    return builder.build();
  }

  private static BitSet bits(RangeSet set) {
    BitSet bits = new BitSet();
    set.forEach(range -> bits.set((int) range.offset(), (int) range.end()));
    return bits;
  }

  private static BitSet bits(ByteRange range) {
    return bits(RangeSet.of(range));
  }

  private static ByteRange range(Random random) {
    int offset = random.nextInt(SIZE);
    return new ByteRange(offset, random.nextInt(SIZE - offset));
  }

  @RepeatedTest(300)
  void algebra(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    BitSet[] bits = {new BitSet(), new BitSet()};
    RangeSet[] sets = new RangeSet[2];
    for (int i = 0; i < 2; i++) {
      RangeSet.Builder builder = RangeSet.builder();
      for (int j = random.nextInt(8); j > 0; j--) {
        ByteRange range = range(random);
        builder.add(range);
        bits[i].set((int) range.offset(), (int) range.end());
      }
      sets[i] = builder.build();
      assertEquals(set(bits[i]), sets[i]);
      assertEquals(bits[i].cardinality(), sets[i].total());
    }
    BitSet union = (BitSet) bits[0].clone();
    union.or(bits[1]);
    assertEquals(set(union), sets[0].union(sets[1]));
    BitSet both = (BitSet) bits[0].clone();
    both.and(bits[1]);
    assertEquals(set(both), sets[0].intersect(sets[1]));
    BitSet rest = (BitSet) bits[0].clone();
    rest.andNot(bits[1]);
    assertEquals(set(rest), sets[0].minus(sets[1]));

    for (int i = 0; i < 50; i++) {
      ByteRange asked = range(random);
      BitSet missing = bits(asked);
      missing.andNot(bits[0]);
      assertEquals(missing, bits(sets[0].complementIn(asked)));
      assertEquals(missing.isEmpty(), sets[0].contains(asked));
      assertEquals(bits[0].intersects(bits(asked)), sets[0].intersects(asked));
      int first = bits[0].nextSetBit((int) asked.offset());
      boolean found = !asked.isEmpty() && first >= 0 && first < asked.end();
      Optional<ByteRange> firstIn = sets[0].firstIn(asked);
      assertEquals(found, firstIn.isPresent());
      firstIn.ifPresent(
          range -> {
            assertEquals(bits[0].previousClearBit(first) + 1, range.offset());
            assertEquals(bits[0].nextClearBit(first), range.end());
          });
    }
  }

  @Test
  void rangesThatTouchStayApartIfAsked() {
    ByteRange one = new ByteRange(0, 4);
    ByteRange two = new ByteRange(4, 4);
    assertEquals(List.of(new ByteRange(0, 8)), RangeSet.of(one, two).ranges());
    RangeSet apart = RangeSet.builder().keepTouching().add(two).add(one).build();
    assertEquals(List.of(one, two), apart.ranges());
    assertEquals(List.of(one, two), apart.minus(RangeSet.empty()).ranges());
    assertEquals(
        List.of(new ByteRange(0, 6)),
        RangeSet.builder().keepTouching().add(one).add(2, 4).build().ranges());
  }

  @Test
  void alignment() {
    RangeSet set = RangeSet.of(new ByteRange(5, 1), new ByteRange(9, 2));
    assertEquals(RangeSet.of(new ByteRange(4, 8)), set.alignedTo(4));
    assertEquals(Long.MAX_VALUE, new ByteRange(Long.MAX_VALUE - 1, 1).alignedTo(4096).end());
    assertThrows(IllegalArgumentException.class, () -> new ByteRange(0, 1).alignedTo(0));
  }

  @Test
  void malformedInputIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new ByteRange(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new ByteRange(0, -1));
    assertThrows(IllegalArgumentException.class, () -> new ByteRange(1, Long.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> ByteRange.between(2, 1));
  }
}
