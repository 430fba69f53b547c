package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pmem2j.internal.linux.FileStatus.DeviceNumber;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("no-native")
class MappingTableTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0 8 linear 259:0",
        "0 8 linear sda 0",
        "0 8 linear 259:0 -1",
        "0 8 linear 259:x 0",
        "0 x linear 259:0 0",
        "0 8 crypt aes 0 259:0 0",
        "0 16 striped 2 8 259:0 0 259:1",
        "0 17 striped 2 8 259:0 0 259:1 0",
        "0 24 striped 2 8 259:0 0 259:1 0",
        "0 16 striped 0 8",
        "0 16 striped 2 0 259:0 0 259:1 0",
        "9223372036854775807 8 linear 259:0 0",
        "0 8 linear 259:0 9223372036854775807",
        "0 8 linear 259:0 0\n8 8 mirror core",
        "0 8 linear 259:0 0\n16 8 linear 259:0 8",
        "8 8 linear 259:0 0",
        "0 0 linear 259:0 0",
        "0 8 linear 259:0 0 0",
        "0 +8 linear 259:0 0",
      })
  void whatIsNotUnderstoodIsRefused(String text) {
    assertThrows(MappingTable.UnknownException.class, () -> MappingTable.parse(text));
  }

  /** Random tables of random targets, against a table of where every single sector is. */
  @RepeatedTest(300)
  void everySectorIsWhereTheTableSays(RepetitionInfo repetition)
      throws MappingTable.UnknownException {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    // The sector on the mapped device -> device, sector.
    TreeMap<Long, String> truth = new TreeMap<>();
    long top = 0;
    for (int target = random.nextInt(4); target >= 0; target--) {
      int stripes = random.nextBoolean() ? 1 : 2 + random.nextInt(3);
      int chunk = 1 + random.nextInt(8);
      long width = (long) chunk * (1 + random.nextInt(6));
      text.append(top).append(' ').append(width * stripes);
      text.append(stripes == 1 ? " linear" : " striped " + stripes + " " + chunk);
      int[] device = new int[stripes];
      long[] offset = new long[stripes];
      for (int i = 0; i < stripes; i++) {
        device[i] = random.nextInt(3);
        offset[i] = random.nextInt(30);
        text.append(" 259:").append(device[i]).append(' ').append(offset[i]);
      }
      text.append('\n');
      for (long at = 0; at < width * stripes; at++) {
        int stripe = stripes == 1 ? 0 : (int) (at / chunk % stripes);
        long below = stripes == 1 ? at : at / chunk / stripes * chunk + at % chunk;
        truth.put(top + at, "d" + device[stripe] + "@" + (offset[stripe] + below));
      }
      top += width * stripes;
    }
    MappingTable table = MappingTable.parse(text.toString());
    TreeMap<Long, String> expected = new TreeMap<>();
    BadSectors.Builder lifted = new BadSectors.Builder();
    for (int number = 0; number < 3; number++) {
      BadSectors.Builder bad = new BadSectors.Builder();
      for (int i = random.nextInt(5); i > 0; i--) {
        long start = random.nextInt(80);
        bad.add(start, start + 1 + random.nextInt(12), "d" + number, start);
      }
      BadSectors sectors = bad.build();
      for (int i = 0; i < sectors.count(); i++) {
        for (long at = sectors.start(i); at < sectors.end(i); at++) {
          String place = "d" + number + "@" + at;
          truth.forEach(
              (sector, below) -> {
                if (below.equals(place)) {
                  expected.put(sector, place);
                }
              });
        }
      }
      table.lift(new DeviceNumber(259, number), sectors, lifted);
    }
    TreeMap<Long, String> actual = new TreeMap<>();
    BadSectors result = lifted.build();
    for (int i = 0; i < result.count(); i++) {
      for (long at = result.start(i); at < result.end(i); at++) {
        actual.put(at, result.device(i) + "@" + (result.origin(i) + at - result.start(i)));
      }
    }
    assertEquals(expected, actual, "seed " + seed + ":\n" + text);
  }
}
