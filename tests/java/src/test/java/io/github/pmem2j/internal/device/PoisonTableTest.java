package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.IncompleteReason;
import io.github.pmem2j.RangeSet;
import io.github.pmem2j.internal.device.CxlPoison.PoisonList;
import io.github.pmem2j.internal.device.CxlPoison.Unmapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("no-native")
class PoisonTableTest {
  private static final long START = 0x1_5000_0000L;
  private static final int SECTOR = 512;

  /** A region of some devices, of which it has a part each: not the first in mem1 and so on. */
  private static CxlRegion region(int ways, long granularity, long part) {
    List<CxlRegion.Target> targets = new ArrayList<>();
    for (int position = 0; position < ways; position++) {
      targets.add(new CxlRegion.Target("mem" + position, position * 0x1000_0000L, part));
    }
    return new CxlRegion("region0", START, ways * part, granularity, targets);
  }

  private static String event(CxlRegion region, String memdev, long dpa, long length) {
    int position = 0;
    while (!region.targets().get(position).memdev().equals(memdev)) {
      position++;
    }
    return event(memdev, "region0", START + region.offset(position, dpa), dpa, length, "");
  }

  private static String event(
      String memdev, String region, long hpa, long dpa, long length, String flags) {
    return ("cxl_poison: memdev=%s host=0000:0d:00.0 serial=1 trace_type=List region=%s"
            + " region_uuid=x hpa=0x%x dpa=0x%x dpa_length=0x%x source=Internal flags=%s"
            + " overflow_time=0")
        .formatted(memdev, region, hpa, dpa, length, flags);
  }

  private static PoisonList list(CxlRegion region, String... events) {
    PoisonTable table = new PoisonTable(region);
    table.add(List.of(events), "trigger_poison_list");
    return table.list();
  }

  private static List<IncompleteReason.Code> codes(PoisonList list) {
    return list.reasons().stream().map(IncompleteReason::code).toList();
  }

  private static Set<Long> sectors(PoisonList list) {
    Set<Long> sectors = new TreeSet<>();
    for (ByteRange range : list.bad()) {
      assertEquals(0, range.offset() % SECTOR);
      assertEquals(0, range.end() % SECTOR);
      for (long at = range.offset(); at < range.end(); at += SECTOR) {
        sectors.add(at / SECTOR);
      }
    }
    return sectors;
  }

  @Test
  void oneWayIsShiftedByTheDecodersBase() {
    CxlRegion region =
        new CxlRegion(
            "region0",
            START,
            0x1000_0000,
            256,
            List.of(new CxlRegion.Target("mem3", 0x1000_0000, 0x1000_0000)));
    PoisonList list = list(region, event(region, "mem3", 0x1000_0000 + 5 * SECTOR + 64, 64));
    assertEquals(RangeSet.of(new ByteRange(5 * SECTOR, SECTOR)), list.bad());
    assertEquals(List.of(), list.reasons());
    assertEquals(Set.of(), list.unmapped());
  }

  /** 1024 bytes of one of two devices by 256 are every second one of 8 pieces. */
  @Test
  void aRecordOfAnInterleavedRegionIsInPieces() {
    CxlRegion region = region(2, 1024, 0x100000);
    PoisonList list = list(region, event(region, "mem1", 0x1000_0000 + 4096, 2048));
    assertEquals(
        RangeSet.of(new ByteRange(8192 + 1024, 1024), new ByteRange(8192 + 3072, 1024)),
        list.bad());
    region = region(2, 256, 0x100000);
    list = list(region, event(region, "mem1", 0x1000_0000 + 4096, 1024));
    assertEquals(RangeSet.of(new ByteRange(8192, 2048)), list.bad());
  }

  /** Any number of devices and granularity, against a table of each byte. */
  @ParameterizedTest
  @CsvSource({
    "1,256", "2,256", "2,4096", "3,256", "3,1024", "4,512", "6,256", "8,16384", "12,512", "16,256"
  })
  void anyInterleave(int ways, int granularity) {
    Random random = new Random(ways);
    long part = 16L * granularity;
    CxlRegion region = region(ways, granularity, part);
    for (int round = 0; round < 200; round++) {
      int position = random.nextInt(ways);
      long begin = random.nextInt((int) part / 64) * 64L;
      long length = Math.min(part - begin, (1 + random.nextInt(200)) * 64L);
      Set<Long> expected = new TreeSet<>();
      for (long offset = 0; offset < region.size(); offset += 64) {
        long address = offset / (granularity * ways) * granularity + offset % granularity;
        if (offset / granularity % ways == position
            && address >= begin
            && address < begin + length) {
          expected.add(offset / SECTOR);
        }
      }
      long start = region.targets().get(position).start();
      PoisonList list = list(region, event(region, "mem" + position, start + begin, length));
      assertEquals(expected, sectors(list));
      assertEquals(List.of(), list.reasons());
    }
  }

  @Test
  void whatIsOfAnotherRegionOrDeviceIsLeftOut() {
    CxlRegion region = region(1, 256, 0x100000);
    PoisonList list =
        list(
            region,
            event("mem0", "region1", 0x1_6000_0000L, 0x100000, 64, ""),
            event("mem7", "region0", START, 0, 64, "Overflow"));
    assertEquals(RangeSet.empty(), list.bad());
    assertEquals(List.of(), list.reasons());
    assertEquals(Set.of(), list.unmapped());
  }

  @Test
  void unmappedPoisonIsCountedApart() {
    CxlRegion region = region(1, 256, 0x100000);
    String event = event("mem0", "", -1, 0x200000, 128, "");
    PoisonList list = list(region, event, event);
    assertEquals(RangeSet.empty(), list.bad());
    assertEquals(List.of(), list.reasons());
    assertEquals(Set.of(new Unmapped("mem0", 0x200000, 128)), list.unmapped());
  }

  /** A record may begin in the part of another region. */
  @Test
  void aRecordThatReachesBeyondThePartIsCut() {
    CxlRegion region =
        new CxlRegion(
            "region0", START, 0x1000, 256, List.of(new CxlRegion.Target("mem0", 0x1000, 0x1000)));
    PoisonList list = list(region, event("mem0", "region1", 0x1_4000_0f00L, 0xf00, 0x200, ""));
    assertEquals(RangeSet.of(new ByteRange(0, SECTOR)), list.bad());
    list = list(region, event(region, "mem0", 0x1f00, 0x10000));
    assertEquals(RangeSet.of(new ByteRange(0xe00, SECTOR)), list.bad());
    assertEquals(List.of(), list.reasons());
  }

  /** As a root decoder that maps by exclusive or does. */
  @Test
  void theKernelsAddressIsTrusted() {
    CxlRegion region = region(2, 1024, 0x100000);
    PoisonList list = list(region, event("mem0", "region0", START + 1024, 0, 4096, ""));
    assertEquals(RangeSet.of(new ByteRange(1024, 1024)), list.bad());
    assertEquals(List.of(IncompleteReason.Code.UNKNOWN_MAPPING), codes(list));
    list = list(region, event("mem0", "region0", -1, 0, 4096, ""));
    assertEquals(List.of(IncompleteReason.Code.UNKNOWN_MAPPING), codes(list));
    list = list(region, event("mem0", "", -1, 0, 64, ""));
    assertEquals(List.of(IncompleteReason.Code.UNKNOWN_MAPPING), codes(list));
  }

  @ParameterizedTest
  @ValueSource(strings = {"More", "Overflow", "Scanning", "More|Overflow", "0x8"})
  void aFlagMeansThatTheListIsIncomplete(String flags) {
    CxlRegion region = region(1, 256, 0x100000);
    PoisonList list = list(region, event("mem0", "region0", START, 0, 64, flags));
    assertEquals(RangeSet.of(new ByteRange(0, SECTOR)), list.bad());
    assertEquals(List.of(IncompleteReason.Code.POISON_INCOMPLETE), codes(list));
    list = list(region, event("mem0", "", -1, 0x200000, 64, flags));
    assertEquals(List.of(IncompleteReason.Code.POISON_INCOMPLETE), codes(list));
  }

  /**
   * The kernel requests parts of a list until there are no more; each list's records have the
   * list's flags.
   */
  @Test
  void moreIsTrueOfTheLastAnswerAlone() {
    CxlRegion region = region(2, 256, 0x100000);
    PoisonList list =
        list(
            region,
            event("mem0", "region0", START, 0, 64, "More"),
            event("mem0", "region0", START + 512, 256, 64, ""),
            event("mem1", "region0", START + 256, 0x1000_0000, 64, ""));
    assertEquals(List.of(), list.reasons());
    list =
        list(
            region,
            event("mem0", "region0", START, 0, 64, "More"),
            event("mem1", "region0", START + 256, 0x1000_0000, 64, ""));
    assertEquals(List.of(IncompleteReason.Code.POISON_INCOMPLETE), codes(list));
  }

  @Test
  void anEventThatIsNotUnderstoodMeansThatTheListIsIncomplete() {
    CxlRegion region = region(1, 256, 0x100000);
    PoisonList list =
        list(region, "CPU:0 [LOST 5 EVENTS]", event("mem0", "region0", START, 0, 64, ""));
    assertEquals(RangeSet.of(new ByteRange(0, SECTOR)), list.bad());
    assertEquals(List.of(IncompleteReason.Code.LIST_MALFORMED), codes(list));
  }

  @Test
  void noEndOfDamage() {
    CxlRegion region = region(4, 256, 1L << 40);
    PoisonList list = list(region, event("mem0", "region0", START, 0, 1L << 38, ""));
    assertEquals(1 << 20, list.bad().count());
    assertEquals(List.of(IncompleteReason.Code.LIST_AT_BOUND), codes(list));
  }

  @Test
  void aRegionIsTheSumOfItsTargets() {
    CxlRegion.Target target = new CxlRegion.Target("mem0", 0, 4096);
    assertTrue(new CxlRegion("r", 0, 4096, 256, List.of(target)).memdevs().contains("mem0"));
    for (CxlRegion.Target other :
        List.of(new CxlRegion.Target("mem1", 0, 8192), new CxlRegion.Target("mem1", -1, 4096))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new CxlRegion("r", 0, 8192, 256, List.of(target, other)));
    }
    assertThrows(IllegalArgumentException.class, () -> new CxlRegion("r", 0, 8192, 256, List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> new CxlRegion("r", 0, 4096, 0, List.of(target)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new CxlRegion("r", 0, 8192, 3000, List.of(target, target)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new CxlRegion("r", 0, Long.MIN_VALUE, 256, List.of(target)));
  }
}
