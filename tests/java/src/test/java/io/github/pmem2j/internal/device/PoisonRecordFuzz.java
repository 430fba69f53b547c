package io.github.pmem2j.internal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pmem2j.ByteRange;
import io.github.pmem2j.internal.device.CxlPoison.PoisonList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Any text of events gives the sectors that a regular expression finds in it, or is refused. */
public final class PoisonRecordFuzz {
  private static final int SECTOR = 512;
  private static final long PART = 1 << 16;
  private static final long START = 0x1_5000_0000L;
  private static final long GRANULARITY = 256;
  private static final CxlRegion REGION =
      new CxlRegion(
          "region0",
          START,
          3 * PART,
          GRANULARITY,
          List.of(
              new CxlRegion.Target("mem0", 0, PART),
              new CxlRegion.Target("mem1", PART, PART),
              new CxlRegion.Target("mem2", 4 * PART, PART)));
  private static final Pattern RECORD =
      Pattern.compile(
          "cxl_poison: memdev=mem([0-2]) trace_type=List region=region0 hpa=0x([0-9a-f]{1,12})"
              + " dpa=0x([0-9a-f]{1,12}) dpa_length=0x([0-9a-f]{1,12}) flags=");

  private PoisonRecordFuzz() {}

  public static void fuzzerTestOneInput(byte[] text) {
    List<String> events = new String(text, StandardCharsets.ISO_8859_1).lines().limit(100).toList();
    PoisonTable table = new PoisonTable(REGION);
    table.add(events, "trigger_poison_list");
    PoisonList list = table.list();
    TreeSet<Long> actual = new TreeSet<>();
    for (ByteRange range : list.bad()) {
      assertTrue(range.length() > 0 && range.end() <= REGION.size(), range::toString);
      assertEquals(0, range.offset() % SECTOR + range.length() % SECTOR);
      for (long at = range.offset(); at < range.end(); at += SECTOR) {
        actual.add(at / SECTOR);
      }
    }
    TreeSet<Long> expected = new TreeSet<>();
    boolean all = true;
    for (String event : events) {
      all &= simple(event, expected);
    }
    assertTrue(actual.containsAll(expected), () -> expected + " are bad, not " + actual);
    if (all) {
      assertEquals(expected, actual);
      assertEquals(List.of(), list.reasons());
    }
    boolean refused = events.stream().anyMatch(event -> !event.startsWith("cxl_poison: "));
    assertFalse(refused && list.reasons().isEmpty(), "complete");
  }

  /** Whether an event is a plain record that lies where the kernel says; if so, its sectors. */
  private static boolean simple(String event, TreeSet<Long> sectors) {
    Matcher record = RECORD.matcher(event);
    if (!record.matches()) {
      return false;
    }
    int position = Integer.parseInt(record.group(1));
    long hpa = Long.parseLong(record.group(2), 16);
    long dpa = Long.parseLong(record.group(3), 16);
    long length = Long.parseLong(record.group(4), 16);
    long base = REGION.targets().get(position).start();
    if (length == 0 || dpa < base || dpa >= base + PART) {
      return false;
    }
    long first = Long.MAX_VALUE;
    TreeSet<Long> own = new TreeSet<>();
    for (long granule = 0; granule < 3 * PART / GRANULARITY; granule++) {
      long address = base + granule / 3 * GRANULARITY;
      long begin = Math.max(address, dpa);
      long end = Math.min(address + GRANULARITY, dpa + length);
      if (granule % 3 == position && begin < end) {
        long offset = granule * GRANULARITY + begin - address;
        first = Math.min(first, START + offset);
        own.add(offset / SECTOR);
      }
    }
    if (first != hpa) {
      return false;
    }
    sectors.addAll(own);
    return true;
  }
}
