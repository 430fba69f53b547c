package io.github.pmem2j.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pmem2j.ByteRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtJournalTest {
  private static final int SUPERBLOCK = 1024;
  private static final int TREE = SUPERBLOCK + 0x10C;

  private final ByteBuffer start = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

  ExtJournalTest() {
    start.putInt(SUPERBLOCK + 0x18, 2); // blocks of 4096 bytes
    start.putShort(SUPERBLOCK + 0x38, (short) 0xEF53);
    start.putInt(SUPERBLOCK + 0x5C, 0x3C);
    start.put(SUPERBLOCK + 0xFD, (byte) 1);
    start.putShort(TREE, (short) 0xF30A);
    start.putShort(TREE + 2, (short) 2);
    extent(1, 1024, 0, 34816);
    extent(2, 1, 1, 5);
  }

  private void extent(int index, int length, int high, int low) {
    start.putShort(TREE + 12 * index + 4, (short) length);
    start.putShort(TREE + 12 * index + 6, (short) high);
    start.putInt(TREE + 12 * index + 8, low);
  }

  @Test
  void twoExtents() {
    assertEquals(
        List.of(
            new ByteRange(34816L * 4096, 1024 * 4096),
            new ByteRange(((1L << 32) + 5) * 4096, 4096)),
        ExtJournal.parse(start));
  }

  @Test
  void noneWithoutOne() {
    start.putInt(SUPERBLOCK + 0x5C, 0x38);
    assertEquals(List.of(), ExtJournal.parse(start));
  }

  @Test
  void noneOfAnotherFileSystem() {
    assertEquals(List.of(), ExtJournal.parse(ByteBuffer.allocate(4096)));
  }

  @Test
  void noneFromATreeOfSeveralLevelsOrWithoutExtents() {
    start.putShort(TREE + 6, (short) 1);
    assertEquals(List.of(), ExtJournal.parse(start));
    start.putShort(TREE + 6, (short) 0).putShort(TREE, (short) 0);
    assertEquals(List.of(), ExtJournal.parse(start));
  }

  @Test
  void malformedExtentsAreIgnored() {
    extent(1, 0, 0, 7);
    extent(2, 1, 0, 0);
    assertEquals(List.of(), ExtJournal.parse(start));
    start.putShort(TREE + 2, (short) 5);
    assertEquals(List.of(), ExtJournal.parse(start));
    start.putShort(TREE + 2, (short) -1);
    assertEquals(List.of(), ExtJournal.parse(start));
  }
}
